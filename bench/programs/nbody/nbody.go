// Five planets under their gravity: values side by side in an array.
package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

const solarMass = 39.47841760435743

type Body struct{ x, y, z, vx, vy, vz, mass float64 }

func body(x, y, z, vx, vy, vz, mass float64) Body {
	return Body{x, y, z, vx * 365.24, vy * 365.24, vz * 365.24, mass * solarMass}
}

func planets() [5]Body {
	return [5]Body{
		body(0, 0, 0, 0, 0, 0, 1),
		body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
			0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
		body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
			-0.00276742510726411879, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
		body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
			0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
		body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
			0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451),
	}
}

func offsetMomentum(bodies *[5]Body) {
	var px, py, pz float64
	for i := range bodies {
		b := &bodies[i]
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	sun := &bodies[0]
	sun.vx, sun.vy, sun.vz = -px/solarMass, -py/solarMass, -pz/solarMass
}

func advance(bodies *[5]Body, dt float64) {
	for i := range bodies {
		b := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			o := &bodies[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			b.vx -= dx * o.mass * mag
			b.vy -= dy * o.mass * mag
			b.vz -= dz * o.mass * mag
			o.vx += dx * b.mass * mag
			o.vy += dy * b.mass * mag
			o.vz += dz * b.mass * mag
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func energy(bodies *[5]Body) float64 {
	e := 0.0
	for i := range bodies {
		b := &bodies[i]
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for j := i + 1; j < len(bodies); j++ {
			o := &bodies[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			e -= b.mass * o.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func main() {
	steps, _ := strconv.Atoi(os.Args[1])
	bodies := planets()
	offsetMomentum(&bodies)
	fmt.Printf("%.9f\n", energy(&bodies))
	for step := 0; step < steps; step++ {
		advance(&bodies, 0.01)
	}
	fmt.Printf("%.9f\n", energy(&bodies))
}

# Five planets under their gravity: values side by side in an array.
import std/[math, os, strutils]

const solarMass = 39.47841760435743

type
  Body = object
    x, y, z, vx, vy, vz, mass: float
  Bodies = array[5, Body]

func body(x, y, z, vx, vy, vz, mass: float): Body =
  Body(x: x, y: y, z: z, vx: vx * 365.24, vy: vy * 365.24, vz: vz * 365.24, mass: mass * solarMass)

func planets(): Bodies = [
  body(0, 0, 0, 0, 0, 0, 1),
  body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
       0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
  body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
       -0.00276742510726411879, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
  body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
       0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
  body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
       0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451)]

func offsetMomentum(bodies: var Bodies) =
  var px, py, pz = 0.0
  for b in bodies:
    px += b.vx * b.mass
    py += b.vy * b.mass
    pz += b.vz * b.mass
  bodies[0].vx = -px / solarMass
  bodies[0].vy = -py / solarMass
  bodies[0].vz = -pz / solarMass

func pull(b, o: var Body, dt: float) {.inline.} =
  let (dx, dy, dz) = (b.x - o.x, b.y - o.y, b.z - o.z)
  let d2 = dx * dx + dy * dy + dz * dz
  let mag = dt / (d2 * sqrt(d2))
  b.vx -= dx * o.mass * mag
  b.vy -= dy * o.mass * mag
  b.vz -= dz * o.mass * mag
  o.vx += dx * b.mass * mag
  o.vy += dy * b.mass * mag
  o.vz += dz * b.mass * mag

func advance(bodies: var Bodies, dt: float) =
  for i in 0 ..< bodies.len:
    for j in i + 1 ..< bodies.len:
      pull(bodies[i], bodies[j], dt)
  for b in bodies.mitems:
    b.x += dt * b.vx
    b.y += dt * b.vy
    b.z += dt * b.vz

func energy(bodies: Bodies): float =
  for i in 0 ..< bodies.len:
    let b = bodies[i]
    result += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    for j in i + 1 ..< bodies.len:
      let o = bodies[j]
      let (dx, dy, dz) = (b.x - o.x, b.y - o.y, b.z - o.z)
      result -= b.mass * o.mass / sqrt(dx * dx + dy * dy + dz * dz)

proc main() =
  let steps = paramStr(1).parseInt
  var bodies = planets()
  offsetMomentum(bodies)
  echo formatFloat(energy(bodies), ffDecimal, 9)
  for step in 1 .. steps:
    advance(bodies, 0.01)
  echo formatFloat(energy(bodies), ffDecimal, 9)

main()

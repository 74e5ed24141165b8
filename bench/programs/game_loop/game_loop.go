// A game's loop: values in slices that keep their room from frame to frame.
package main

import (
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"time"
)

const cellsAcross = 32

type Random uint32

func (r *Random) next(below int) int {
	*r = (*r*1103515245 + 12345) & 0x7fffffff
	return int(*r>>8) % below
}

type Enemy struct {
	x, y, vx, vy float64
	health       int
}

func newEnemy(r *Random) (e Enemy) {
	e.x = float64(r.next(1024))
	e.y = float64(r.next(1024))
	e.vx = float64(r.next(65)-32) / 16
	e.vy = float64(r.next(65)-32) / 16
	e.health = 1 + r.next(5)
	return e
}

type Bullet struct {
	x, y, vx, vy float64
	life, power  int
}

func newBullet(r *Random) (b Bullet) {
	b.x = float64(r.next(1024))
	b.y = float64(r.next(1024))
	b.vx = float64(r.next(17) - 8)
	b.vy = float64(r.next(17) - 8)
	b.life = 20 + r.next(32)
	b.power = 1 + r.next(3)
	return b
}

type Hit struct {
	target *Enemy
	power  int
}

func wrap(x float64) float64 {
	if x < 0 {
		return x + 1024
	}
	if x >= 1024 {
		return x - 1024
	}
	return x
}

func cellOf(x, y float64) int { return int(y)/cellsAcross*cellsAcross + int(x)/cellsAcross }

type World struct {
	random  Random
	enemies []Enemy
	bullets []Bullet
	cells   [cellsAcross * cellsAcross][]*Enemy
	hits    []Hit
	score   int
}

func newWorld(count int) *World {
	w := &World{random: 7, enemies: make([]Enemy, count)}
	for i := range w.enemies {
		w.enemies[i] = newEnemy(&w.random)
	}
	return w
}

func (w *World) fly(b *Bullet) *Enemy {
	b.x = wrap(b.x + b.vx)
	b.y = wrap(b.y + b.vy)
	b.life--
	if b.life == 0 {
		return nil
	}
	for _, e := range w.cells[cellOf(b.x, b.y)] {
		if math.Abs(e.x-b.x) < 3 && math.Abs(e.y-b.y) < 3 {
			b.life = 0
			return e
		}
	}
	return nil
}

func (w *World) frame() {
	for i := 0; i < 200; i++ {
		w.bullets = append(w.bullets, newBullet(&w.random))
	}
	for i := range w.cells {
		w.cells[i] = w.cells[i][:0]
	}
	for i := range w.enemies {
		e := &w.enemies[i]
		cell := &w.cells[cellOf(e.x, e.y)]
		*cell = append(*cell, e)
	}
	w.hits = w.hits[:0]
	for i := range w.bullets {
		b := &w.bullets[i]
		if target := w.fly(b); target != nil {
			w.hits = append(w.hits, Hit{target, b.power})
		}
	}
	for _, hit := range w.hits {
		if hit.target.health <= 0 {
			continue
		}
		hit.target.health -= hit.power
		if hit.target.health <= 0 {
			w.score++
		}
	}
	kept := w.bullets[:0]
	for _, b := range w.bullets {
		if b.life != 0 {
			kept = append(kept, b)
		}
	}
	w.bullets = kept
	for i := range w.enemies {
		e := &w.enemies[i]
		if e.health <= 0 {
			*e = newEnemy(&w.random)
			continue
		}
		e.x = wrap(e.x + e.vx)
		e.y = wrap(e.y + e.vy)
	}
}

func (w *World) places() int {
	sum := 0
	for i := range w.enemies {
		sum += int(w.enemies[i].x) + int(w.enemies[i].y)
	}
	return sum
}

func main() {
	frames, _ := strconv.Atoi(os.Args[1])
	world := newWorld(2000)
	check := 0
	times := make([]float64, frames)
	for i := range times {
		start := time.Now()
		world.frame()
		times[i] = float64(time.Since(start).Nanoseconds()) / 1000
		check = (check*31 + len(world.bullets) + world.score) & 0x7fffffff
	}
	fmt.Printf("%d frames, score %d, %d bullets, places %d, check %d\n", frames, world.score, len(world.bullets), world.places(), check)
	sort.Float64s(times)
	fmt.Fprintf(os.Stderr, "frames p50 %.1f p99 %.1f max %.1f\n", times[frames/2], times[frames*99/100], times[frames-1])
}

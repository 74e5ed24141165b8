// A game's loop: objects in lists; the lists keep their room from frame to frame.
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

final class Random {
    private int state = 7;

    int next(int below) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        return (state >> 8) % below;
    }
}

final class Enemy {
    double x, y;
    final double vx, vy;
    int health;

    Enemy(Random random) {
        x = random.next(1024);
        y = random.next(1024);
        vx = (random.next(65) - 32) / 16.0;
        vy = (random.next(65) - 32) / 16.0;
        health = 1 + random.next(5);
    }
}

final class Bullet {
    double x, y;
    final double vx, vy;
    int life;
    final int power;

    Bullet(Random random) {
        x = random.next(1024);
        y = random.next(1024);
        vx = random.next(17) - 8;
        vy = random.next(17) - 8;
        life = 20 + random.next(32);
        power = 1 + random.next(3);
    }
}

record Hit(Enemy target, int power) {}

final class World {
    private static final int CELLS = 32;
    private final Random random = new Random();
    private final Enemy[] enemies;
    private final List<ArrayList<Enemy>> cells = new ArrayList<>();
    private final ArrayList<Hit> hits = new ArrayList<>();
    final ArrayList<Bullet> bullets = new ArrayList<>();
    int score;

    World(int count) {
        enemies = new Enemy[count];
        for (int i = 0; i < count; i++) enemies[i] = new Enemy(random);
        for (int i = 0; i < CELLS * CELLS; i++) cells.add(new ArrayList<>());
    }

    private static double wrap(double x) {
        return x < 0 ? x + 1024 : x >= 1024 ? x - 1024 : x;
    }

    private static int cellOf(double x, double y) {
        return (int) y / CELLS * CELLS + (int) x / CELLS;
    }

    private Hit fly(Bullet b) {
        b.x = wrap(b.x + b.vx);
        b.y = wrap(b.y + b.vy);
        if (--b.life == 0) return null;
        for (Enemy e : cells.get(cellOf(b.x, b.y))) {
            if (Math.abs(e.x - b.x) < 3 && Math.abs(e.y - b.y) < 3) {
                b.life = 0;
                return new Hit(e, b.power);
            }
        }
        return null;
    }

    void frame() {
        for (int i = 0; i < 200; i++) bullets.add(new Bullet(random));
        for (ArrayList<Enemy> cell : cells) cell.clear();
        for (Enemy e : enemies) cells.get(cellOf(e.x, e.y)).add(e);
        hits.clear();
        for (Bullet b : bullets) {
            Hit hit = fly(b);
            if (hit != null) hits.add(hit);
        }
        for (Hit hit : hits) {
            Enemy e = hit.target();
            if (e.health > 0 && (e.health -= hit.power()) <= 0) score++;
        }
        bullets.removeIf(b -> b.life == 0);
        for (int i = 0; i < enemies.length; i++) {
            Enemy e = enemies[i];
            if (e.health <= 0) {
                enemies[i] = new Enemy(random);
                continue;
            }
            e.x = wrap(e.x + e.vx);
            e.y = wrap(e.y + e.vy);
        }
    }

    int places() {
        int sum = 0;
        for (Enemy e : enemies) sum += (int) e.x + (int) e.y;
        return sum;
    }
}

class Main {
    public static void main(String[] args) {
        int frames = Integer.parseInt(args[0]);
        World world = new World(2000);
        int check = 0;
        long[] times = new long[frames];
        for (int i = 0; i < frames; i++) {
            long start = System.nanoTime();
            world.frame();
            times[i] = System.nanoTime() - start;
            check = (check * 31 + world.bullets.size() + world.score) & 0x7fffffff;
        }
        System.out.println(frames + " frames, score " + world.score + ", " + world.bullets.size() + " bullets, places "
            + world.places() + ", check " + check);
        Arrays.sort(times);
        System.err.printf(Locale.ROOT, "frames p50 %.1f p99 %.1f max %.1f%n", times[frames / 2] / 1000.0,
            times[frames * 99 / 100] / 1000.0, times[frames - 1] / 1000.0);
    }
}

// Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
import java.util.Arrays;

class Main {
    private static final int SIDE = 256;
    private static int state = 1;

    static int next(int below) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        return (state >> 8) % below;
    }

    static int different(int[] sorted) {
        int count = sorted.length > 0 ? 1 : 0;
        for (int i = 1; i < sorted.length; i++)
            if (sorted[i] != sorted[i - 1]) count++;
        return count;
    }

    static void step(byte[][] grid, byte[][] to) {
        for (int y = 0; y < SIDE; y++) {
            byte[] up = grid[(y + SIDE - 1) % SIDE], here = grid[y], down = grid[(y + 1) % SIDE], row = to[y];
            for (int x = 0; x < SIDE; x++) {
                int left = x == 0 ? SIDE - 1 : x - 1, right = x == SIDE - 1 ? 0 : x + 1;
                int around = up[left] + up[x] + up[right] + here[left] + here[right] + down[left] + down[x] + down[right];
                row[x] = (byte) (around == 3 || around == 2 && here[x] == 1 ? 1 : 0);
            }
        }
    }

    static int live(int rounds) {
        byte[][] grid = new byte[SIDE][SIDE], other = new byte[SIDE][SIDE];
        for (byte[] row : grid)
            for (int x = 0; x < SIDE; x++) row[x] = (byte) (next(3) == 0 ? 1 : 0);
        for (int round = 0; round < rounds; round++) {
            step(grid, other);
            byte[][] old = grid;
            grid = other;
            other = old;
        }
        int alive = 0;
        for (byte[] row : grid)
            for (byte cell : row) alive += cell;
        return alive;
    }

    static void numbers(int n) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) values[i] = next(1000000);
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        int found = 0;
        for (int i = 0; i < n; i++)
            if (Arrays.binarySearch(sorted, next(1000000)) >= 0) found++;
        long[] sums = new long[n + 1];
        for (int i = 0; i < n; i++) sums[i + 1] = sums[i] + values[i];
        long windows = 0;
        for (int i = 0; i + 100 <= n; i++) windows ^= sums[i + 100] - sums[i];
        int[] even = new int[16];
        int evens = 0;
        for (int value : values) {
            if (value % 2 != 0) continue;
            if (evens == even.length) even = Arrays.copyOf(even, evens * 2);
            even[evens++] = value;
        }
        for (int i = 0, j = n - 1; i < j; i++, j--) {
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
        int check = 0;
        for (int value : values) check = (check * 31 + value) & 0x7fffffff;
        System.out.println(different(sorted) + " different, " + found + " found, windows " + windows + ", " + evens
            + " even, check " + check);
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), rounds = Integer.parseInt(args[1]), times = Integer.parseInt(args[2]);
        for (int i = 0; i < times; i++) {
            numbers(n);
            System.out.println(live(rounds) + " alive");
        }
    }
}

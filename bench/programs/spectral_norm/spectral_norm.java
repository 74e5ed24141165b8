// The spectral norm of an infinite matrix, by the power method: sums over arrays of doubles.
import java.util.Arrays;
import java.util.Locale;

class Main {
    static double a(int i, int j) {
        return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
    }

    static void multiplyAv(double[] v, double[] to) {
        for (int i = 0; i < to.length; i++) {
            double sum = 0;
            for (int j = 0; j < v.length; j++) sum += a(i, j) * v[j];
            to[i] = sum;
        }
    }

    static void multiplyAtv(double[] v, double[] to) {
        for (int i = 0; i < to.length; i++) {
            double sum = 0;
            for (int j = 0; j < v.length; j++) sum += a(j, i) * v[j];
            to[i] = sum;
        }
    }

    static void multiplyAtAv(double[] v, double[] to, double[] between) {
        multiplyAv(v, between);
        multiplyAtv(between, to);
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        double[] u = new double[n], v = new double[n], between = new double[n];
        Arrays.fill(u, 1);
        for (int i = 0; i < 10; i++) {
            multiplyAtAv(u, v, between);
            multiplyAtAv(v, u, between);
        }
        double vBv = 0, vv = 0;
        for (int i = 0; i < n; i++) {
            vBv += u[i] * v[i];
            vv += v[i] * v[i];
        }
        System.out.printf(Locale.ROOT, "%.9f%n", Math.sqrt(vBv / vv));
    }
}

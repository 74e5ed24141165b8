// The queens of a board: solutions are lists that share their tails.
import java.util.ArrayList;
import java.util.List;

record Queens(int row, Queens rest) {
    static boolean isSafe(int row, Queens queens) {
        int distance = 1;
        for (Queens q = queens; q != null; q = q.rest) {
            if (q.row == row || q.row == row + distance || q.row == row - distance) return false;
            distance++;
        }
        return true;
    }
}

class Main {
    // The newest solution is the last one.
    static List<Queens> place(int n, int columns) {
        List<Queens> found = new ArrayList<>();
        if (columns == 0) {
            found.add(null);
            return found;
        }
        List<Queens> before = place(n, columns - 1);
        for (int i = before.size() - 1; i >= 0; i--)
            for (int row = n; row >= 1; row--)
                if (Queens.isSafe(row, before.get(i))) found.add(new Queens(row, before.get(i)));
        return found;
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        List<Queens> solutions = place(n, n);
        int check = 0;
        for (int i = solutions.size() - 1; i >= 0; i--)
            for (Queens q = solutions.get(i); q != null; q = q.rest()) check = (check * 31 + q.row()) & 0x7fffffff;
        System.out.println(n + " queens: " + solutions.size() + " solutions, check " + check);
    }
}

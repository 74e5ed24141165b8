// A red-black tree that is changed in place.
final class Node {
    Node left, right;
    final int key;
    boolean red = true, value;

    Node(int key, boolean value) {
        this.key = key;
        this.value = value;
    }

    static boolean isRed(Node t) {
        return t != null && t.red;
    }

    Node raiseLeft() {
        Node l = left;
        left = l.right;
        l.right = this;
        return l;
    }

    Node raiseRight() {
        Node r = right;
        right = r.left;
        r.left = this;
        return r;
    }

    // A red node over two black ones.
    Node split() {
        red = true;
        left.red = right.red = false;
        return this;
    }

    static Node into(Node t, int key, boolean value) {
        if (t == null) return new Node(key, value);
        if (key == t.key) {
            t.value = value;
        } else if (key < t.key) {
            Node l = t.left = into(t.left, key, value);
            if (!t.red && l.red) {
                if (isRed(l.right)) {
                    t.left = l.raiseRight();
                    return t.raiseLeft().split();
                }
                if (isRed(l.left)) return t.raiseLeft().split();
            }
        } else {
            Node r = t.right = into(t.right, key, value);
            if (!t.red && r.red) {
                if (isRed(r.left)) {
                    t.right = r.raiseLeft();
                    return t.raiseRight().split();
                }
                if (isRed(r.right)) return t.raiseRight().split();
            }
        }
        return t;
    }
}

class Main {
    private static int count, check;

    static void walk(Node t) {
        if (t == null) return;
        walk(t.left);
        if (t.value) count++;
        check = (check * 31 + t.key) & 0x7fffffff;
        walk(t.right);
    }

    static void treeOf(int n) {
        count = check = 0;
        Node tree = null;
        for (int i = 0; i < n; i++) {
            int key = (int) (i * 7919L % n);
            tree = Node.into(tree, key, key % 10 == 0);
            tree.red = false;
        }
        walk(tree);
        System.out.println(n + " keys, " + count + " true, check " + check);
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), trees = Integer.parseInt(args[1]);
        for (int i = 0; i < trees; i++) treeOf(n);
    }
}

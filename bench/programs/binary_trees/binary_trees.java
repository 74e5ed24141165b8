// Binary trees for the garbage collector.
final class Node {
    private final Node left, right;

    Node(Node left, Node right) {
        this.left = left;
        this.right = right;
    }

    static Node build(int depth) {
        return depth == 0 ? new Node(null, null) : new Node(build(depth - 1), build(depth - 1));
    }

    int check() {
        return left == null ? 1 : 1 + left.check() + right.check();
    }
}

class Main {
    public static void main(String[] args) {
        int least = 4, most = Math.max(least + 2, Integer.parseInt(args[0]));
        System.out.println("stretch tree of depth " + (most + 1) + ", check " + Node.build(most + 1).check());
        Node stays = Node.build(most);
        for (int depth = least; depth <= most; depth += 2) {
            int count = 1 << (most - depth + least), check = 0;
            for (int i = 0; i < count; i++) check += Node.build(depth).check();
            System.out.println(count + " trees of depth " + depth + ", check " + check);
        }
        System.out.println("long lived tree of depth " + most + ", check " + stays.check());
    }
}

// Graphs whose nodes refer to each other in both directions, for the garbage collector.
import java.util.ArrayDeque;
import java.util.ArrayList;

final class Node {
    final int id;
    int distance = -1;
    final ArrayList<Node> edges = new ArrayList<>();

    Node(int id) {
        this.id = id;
    }

    static void connect(Node a, Node b) {
        a.edges.add(b);
        b.edges.add(a);
    }
}

class Main {
    private static int state = 3;

    static int next(int below) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        return (state >> 8) % below;
    }

    static Node[] build(int count) {
        Node[] nodes = new Node[count];
        for (int i = 0; i < count; i++) nodes[i] = new Node(i);
        for (int i = 1; i < count; i++) {
            Node.connect(nodes[i], nodes[next(i)]);
            Node.connect(nodes[i], nodes[next(count)]);
        }
        return nodes;
    }

    static int search(Node start) {
        ArrayDeque<Node> queue = new ArrayDeque<>();
        start.distance = 0;
        queue.add(start);
        int check = 0;
        for (Node node; (node = queue.poll()) != null; ) {
            check = (check * 31 + node.id + node.distance) & 0x7fffffff;
            for (Node next : node.edges) {
                if (next.distance < 0) {
                    next.distance = node.distance + 1;
                    queue.add(next);
                }
            }
        }
        return check;
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]), count = Integer.parseInt(args[1]), check = 0;
        for (int round = 0; round < rounds; round++) check ^= search(build(count)[0]);
        System.out.println(rounds + " graphs of " + count + " nodes, check " + check);
    }
}

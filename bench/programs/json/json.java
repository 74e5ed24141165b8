// JSON: records behind a sealed interface, a parser by recursive descent, and a writer.
import java.util.ArrayList;
import java.util.List;

sealed interface Json {}

enum Simple implements Json { NULL, TRUE, FALSE }

record Number(long value) implements Json {}

record Text(String text) implements Json {}

record Items(List<Json> items) implements Json {}

record Member(String name, Json value) {}

record Members(List<Member> members) implements Json {}

final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
        this.text = text;
    }

    private void expect(char c) {
        if (text.charAt(at++) != c) throw new IllegalStateException(c + " expected");
    }

    private void skipComma() {
        if (text.charAt(at) == ',') at++;
    }

    Json value() {
        switch (text.charAt(at)) {
            case 'n':
                at += 4;
                return Simple.NULL;
            case 't':
                at += 4;
                return Simple.TRUE;
            case 'f':
                at += 5;
                return Simple.FALSE;
            case '"':
                return new Text(string());
            case '[':
                List<Json> items = new ArrayList<>();
                for (at++; text.charAt(at) != ']'; skipComma()) items.add(value());
                at++;
                return new Items(items);
            case '{':
                List<Member> members = new ArrayList<>();
                for (at++; text.charAt(at) != '}'; skipComma()) {
                    String name = string();
                    expect(':');
                    members.add(new Member(name, value()));
                }
                at++;
                return new Members(members);
            default:
                return new Number(number());
        }
    }

    private long number() {
        boolean negative = text.charAt(at) == '-';
        if (negative) at++;
        long value = 0;
        for (char c; (c = text.charAt(at)) >= '0' && c <= '9'; at++) value = value * 10 + (c - '0');
        return negative ? -value : value;
    }

    private void skipPlain() {
        for (char c; (c = text.charAt(at)) != '"' && c != '\\'; ) at++;
    }

    private String string() {
        expect('"');
        int start = at;
        skipPlain();
        if (text.charAt(at) == '"') return text.substring(start, at++);
        StringBuilder made = new StringBuilder();
        for (;;) {
            made.append(text, start, at);
            if (text.charAt(at) == '"') {
                at++;
                return made.toString();
            }
            char escaped = text.charAt(at + 1);
            made.append(escaped == 'n' ? '\n' : escaped);
            at += 2;
            start = at;
            skipPlain();
        }
    }
}

class Main {
    private static long values, sum, letters;

    static String make(int count) {
        StringBuilder s = new StringBuilder("{\"records\":[");
        for (int i = 0; i < count; i++) {
            if (i > 0) s.append(',');
            s.append("{\"id\":").append(i).append(",\"name\":\"item ").append(i).append("\",\"price\":").append(i * 37L % 1000);
            s.append(",\"active\":").append(i % 3 == 0).append(",\"parent\":null,\"tags\":[\"tag").append(i % 10);
            s.append(i % 7 == 0 ? "\",\"a \\\"b\\\" \\\\ c\\n\"]" : "\",\"plain\"]");
            s.append(",\"at\":{\"x\":").append(i % 100).append(",\"y\":").append(-(i % 50) - 1).append("}}");
        }
        return s.append("]}").toString();
    }

    static void walk(Json value) {
        values++;
        if (value instanceof Number n) sum += n.value();
        else if (value instanceof Text t) letters += t.text().length();
        else if (value instanceof Items list) {
            for (Json item : list.items()) walk(item);
        } else if (value instanceof Members object) {
            for (Member member : object.members()) {
                letters += member.name().length();
                walk(member.value());
            }
        }
    }

    static void writeText(StringBuilder to, String text) {
        to.append('"');
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '"' && c != '\\' && c != '\n') continue;
            to.append(text, start, i).append('\\').append(c == '\n' ? 'n' : c);
            start = i + 1;
        }
        to.append(text, start, text.length()).append('"');
    }

    static void write(StringBuilder to, Json value) {
        if (value instanceof Number n) to.append(n.value());
        else if (value instanceof Text t) writeText(to, t.text());
        else if (value instanceof Items list) {
            to.append('[');
            for (int i = 0; i < list.items().size(); i++) {
                if (i > 0) to.append(',');
                write(to, list.items().get(i));
            }
            to.append(']');
        } else if (value instanceof Members object) {
            to.append('{');
            for (int i = 0; i < object.members().size(); i++) {
                if (i > 0) to.append(',');
                Member member = object.members().get(i);
                writeText(to, member.name());
                to.append(':');
                write(to, member.value());
            }
            to.append('}');
        } else to.append(value == Simple.NULL ? "null" : value == Simple.TRUE ? "true" : "false");
    }

    static void roundTrip(int count) {
        values = sum = letters = 0;
        String text = make(count);
        Json value = new Parser(text).value();
        walk(value);
        StringBuilder again = new StringBuilder();
        write(again, value);
        System.out.println(text.length() + " bytes, " + values + " values, sum " + sum + ", " + letters
            + " letters; written again: " + (again.toString().equals(text) ? "the same" : "another one"));
    }

    public static void main(String[] args) {
        int count = Integer.parseInt(args[0]), times = Integer.parseInt(args[1]);
        for (int i = 0; i < times; i++) roundTrip(count);
    }
}

// Text: the library's strings, which keep Latin text in bytes.
import java.util.Locale;

class Main {
    private static int state = 42;

    static int next(int below) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        return (state >> 8) % below;
    }

    static String build(int n) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < n; i++) {
            if (i > 0) text.append(' ');
            text.append('w').append(next(5000));
        }
        return text.toString();
    }

    static boolean isPalindrome(String s) {
        for (int i = 0, j = s.length() - 1; i < j; i++, j--)
            if (s.charAt(i) != s.charAt(j)) return false;
        return true;
    }

    static int countOf(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count++;
        return count;
    }

    static int hash(String text) {
        int value = (int) 2166136261L;
        for (int i = 0; i < text.length(); i++) value = (value ^ text.charAt(i)) * 16777619;
        return value;
    }

    public static void main(String[] args) {
        String text = build(Integer.parseInt(args[0]));
        String[] words = text.split(" ");
        long sum = 0;
        int palindromes = 0;
        for (String word : words) {
            String digits = word.substring(1);
            sum += Integer.parseInt(digits);
            if (isPalindrome(digits)) palindromes++;
        }
        String last = "";
        for (int i = 0; i < words.length; i++) {
            String entry = words[i] + ":" + i;
            if (entry.compareTo(last) > 0) last = entry;
        }
        String joined = String.join(", ", words);
        String replaced = joined.replace("w1", "word-1");
        String upper = replaced.toUpperCase(Locale.ROOT);
        System.out.println(text.length() + " " + words.length + " " + sum + " " + palindromes + " " + last);
        System.out.println(joined.length() + " " + replaced.length() + " " + countOf(replaced, "99") + " "
            + Integer.toUnsignedString(hash(upper)));
    }
}

package dev.anneal.cli;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** Tells what may be meant by a word of the command line that means nothing. */
final class Misspelling {

    private Misspelling() {}

    /** @param unmatched words that the command does not know; those after the first may be fine behind another first */
    static String told(CommandSpec command, List<String> unmatched) {
        String word = unmatched.get(0);
        boolean isOption = word.startsWith("-");
        String kind = isOption ? "option" : command.subcommands().isEmpty() ? "argument" : "command";
        String spelt = isOption ? word.replaceFirst("=.*", "") : word;
        Stream<String> known = isOption
                ? command.options().stream().flatMap(option -> Stream.of(option.names()))
                : command.subcommands().keySet().stream();
        return "there is no %s '%s'%s%s"
                .formatted(
                        kind,
                        spelt,
                        kind.equals("argument") ? " in '" + command.qualifiedName() + "'" : "",
                        known.filter(name -> edits(spelt, name) <= Math.max(1, name.length() / 3))
                                .min(Comparator.comparingInt(name -> edits(spelt, name)))
                                .map(name -> ". Did you mean '" + name + "'?")
                                .orElse(""));
    }

    /** Letters to insert, delete, replace or swap with the next one, to make one word of the other. */
    static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                boolean isSame = from.charAt(i - 1) == to.charAt(j - 1);
                edits[i][j] = Math.min(
                        edits[i - 1][j - 1] + (isSame ? 0 : 1), 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], 1 + edits[i - 2][j - 2]);
                }
            }
        }
        return edits[from.length()][to.length()];
    }
}

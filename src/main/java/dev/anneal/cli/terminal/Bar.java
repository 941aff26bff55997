package dev.anneal.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/** A line of progress: redrawn in place on a terminal; elsewhere a line at every tenth of the way. */
public final class Bar {

    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final boolean redraws;
    private int lastTenth = -1;
    private int lastLength;

    public Bar(PrintWriter out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /**
     * Shows a share of the way.
     *
     * @param share from 0 to 1
     * @param text what stands behind the bar
     */
    public void show(double share, String text) {
        int filled = (int) Math.round(WIDTH * Math.min(1, Math.max(0, share)));
        String line = String.format(
                Locale.ROOT, "%s%s %3.0f %%  %s", "█".repeat(filled), "░".repeat(WIDTH - filled), 100 * share, text);
        if (redraws) {
            out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())));
            lastLength = line.length();
        } else if ((int) (10 * share) > lastTenth) {
            out.println(line);
        }
        lastTenth = Math.max(lastTenth, (int) (10 * share));
        out.flush();
    }

    /** Ends the line. */
    public void end() {
        if (redraws && lastLength > 0) {
            out.println();
            out.flush();
            lastLength = 0;
        }
    }
}

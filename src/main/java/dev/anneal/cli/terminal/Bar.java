package dev.anneal.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A line of progress: a bar that is redrawn in place on a terminal; elsewhere plain lines, for each tenth of the way
 * but not in a hurry.
 */
public final class Bar {

    private static final int WIDTH = 24;
    private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

    private final PrintWriter out;
    private final boolean redraws;
    private final LongSupplier nanoTime;
    private int lastTenth = -1;
    private long nextNanos;
    private int lastLength;

    public Bar(PrintWriter out, boolean redraws) {
        this(out, redraws, System::nanoTime);
    }

    Bar(PrintWriter out, boolean redraws, LongSupplier nanoTime) {
        this.out = out;
        this.redraws = redraws;
        this.nanoTime = nanoTime;
        this.nextNanos = nanoTime.getAsLong();
    }

    /**
     * Shows a share of the way.
     *
     * @param share from 0 to 1
     * @param text what stands behind the bar
     */
    public void show(double share, String text) {
        String line = String.format(Locale.ROOT, "%3.0f %%  %s", 100 * share, text);
        if (redraws) {
            redraw(bar(share) + " " + line);
        } else {
            addLine((int) (10 * share), line);
        }
        out.flush();
    }

    private static String bar(double share) {
        int filled = (int) Math.round(WIDTH * Math.min(1, Math.max(0, share)));
        return "█".repeat(filled) + "░".repeat(WIDTH - filled);
    }

    private void redraw(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())));
        lastLength = line.length();
    }

    private void addLine(int tenth, String line) {
        long now = nanoTime.getAsLong();
        if (tenth > lastTenth && (now >= nextNanos || tenth == 10)) {
            out.println(line);
            lastTenth = tenth;
            nextNanos = now + PAUSE_NANOS;
        }
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

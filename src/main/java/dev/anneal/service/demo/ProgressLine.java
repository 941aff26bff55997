package dev.anneal.service.demo;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Progress of a running job: a line redrawn in place on a terminal, otherwise a line every tenth of the way. */
final class ProgressLine {

    private static final int BAR_WIDTH = 24;

    private final PrintStream out;
    private final boolean redraws;
    private int lastTenth = -1;

    ProgressLine(PrintStream out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /**
     * Shows a {@code fine_tuning.job} object; ends the line when the job has ended.
     *
     * @param newest description of the newest step
     */
    void show(JsonNode job, String newest) {
        JsonNode anneal = job.path("anneal");
        int step = anneal.path("step").asInt(0);
        int total = anneal.path("total_steps").asInt(0);
        boolean ended =
                !job.path("finished_at").isNull() && !job.path("finished_at").isMissingNode();
        if (total == 0 || (!redraws && !isNewTenth(step, total))) {
            return;
        }
        String line = line(anneal, step, total, newest);
        if (redraws) {
            out.print("\r" + line + (ended ? System.lineSeparator() : ""));
        } else {
            out.println(line);
        }
        out.flush();
    }

    private boolean isNewTenth(int step, int total) {
        int tenth = step * 10 / total;
        boolean isNew = tenth > lastTenth;
        lastTenth = Math.max(tenth, lastTenth);
        return isNew;
    }

    private static String line(JsonNode anneal, int step, int total, String newest) {
        int filled = BAR_WIDTH * step / total;
        return String.format(
                Locale.ROOT,
                "  %s%s step %3d/%d  %-12s  beta %.3f  %5.0f tokens/s  ETA %3.0f s ",
                "█".repeat(filled),
                "░".repeat(BAR_WIDTH - filled),
                step,
                total,
                newest,
                anneal.path("beta").asDouble(1),
                anneal.path("tokens_per_second").asDouble(0),
                anneal.path("eta_seconds").asDouble(0));
    }
}

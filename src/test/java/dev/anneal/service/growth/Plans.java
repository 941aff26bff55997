package dev.anneal.service.growth;

import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The generic plans of all statements of the service, as the embedded PostgreSQL's auto_explain writes them to its log.
 */
final class Plans {

    private static final Pattern ROWS = Pattern.compile("actual time=\\S+ rows=(\\d+) loops=(\\d+)");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by \\w+: (\\d+)");

    /** More than a page and the queue have. */
    private static final long MOST_ROWS = 10_000;

    private static final Pattern LARGE = Pattern.compile("\\b(job|job_event|job_step|audit_log|work)\\b");

    private Plans() {}

    /**
     * What a statement did.
     *
     * @param nodes of the plan, each with the rows that it read
     */
    record Plan(String statement, String nodes) {

        static Plan read(String text) {
            int end = Math.max(text.indexOf("\nQuery Parameters:"), 0);
            return new Plan(text.substring(0, end), text.substring(end));
        }

        boolean readsLargeTable() {
            return LARGE.matcher(statement).find();
        }

        /** Whether a node reads more rows than a page or the queue has, be it to scan, to filter or to sort them. */
        boolean isUnbounded() {
            long loops = 1;
            long most = 0;
            for (String line : nodes.lines().toList()) {
                Matcher rows = ROWS.matcher(line);
                loops = rows.find() ? Long.parseLong(rows.group(2)) : loops;
                most = Math.max(most, loops * Math.max(first(ROWS, line), first(REMOVED, line)));
            }
            return most > MOST_ROWS;
        }

        @Override
        public String toString() {
            return statement + nodes;
        }
    }

    /** Before the service connects. */
    static void makeGeneric() {
        for (String setting : List.of(
                "plan_cache_mode = 'force_generic_plan'",
                "session_preload_libraries = 'auto_explain'",
                "auto_explain.log_analyze = on")) {
            TestDatabase.administrator()
                    .sql("ALTER DATABASE anneal SET " + setting)
                    .update();
        }
    }

    /** The plans of what the service executes meanwhile, other threads included. */
    static List<Plan> of(Runnable requests) throws IOException {
        Path log = Path.of(TestDatabase.administrator()
                        .sql("SHOW data_directory")
                        .query(String.class)
                        .single())
                .resolveSibling("server.log");
        log("0");
        long start = Files.size(log);
        requests.run();
        log("-1");
        return read(Files.readString(log).substring(Math.toIntExact(start)));
    }

    private static void log(String milliseconds) {
        TestDatabase.administrator()
                .sql("ALTER SYSTEM SET auto_explain.log_min_duration = " + milliseconds)
                .update();
        TestDatabase.administrator()
                .sql("SELECT pg_reload_conf(), pg_sleep(1)")
                .query((row, number) -> true)
                .single();
    }

    /** Lines of a plan begin with a tab. */
    private static List<Plan> read(String log) {
        List<Plan> plans = new ArrayList<>();
        StringBuilder plan = new StringBuilder();
        for (String line : log.lines().toList()) {
            if (line.startsWith("\t")) {
                plan.append(line.substring(1)).append('\n');
            } else {
                if (!plan.isEmpty()) {
                    plans.add(Plan.read(plan.toString()));
                }
                plan.setLength(0);
            }
        }
        return plans;
    }

    private static long first(Pattern number, String line) {
        Matcher matcher = number.matcher(line);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}

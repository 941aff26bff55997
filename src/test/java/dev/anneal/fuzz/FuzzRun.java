package dev.anneal.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fuzzes the targets one after another, each in a JVM of its own. {@code FuzzRun SECONDS [TARGET…]}; docs/testing.md
 * says more.
 */
public final class FuzzRun {

    private static final Path SEEDS = Path.of("src/test/resources/fuzz");
    private static final Path RESULTS = Path.of("target/fuzz");
    private static final Path MEMORY = Path.of("/dev/shm");

    private FuzzRun() {}

    /** Ends with 1 if anything was found. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<FuzzTarget> targets = arguments.length > 1
                ? Stream.of(arguments).skip(1).map(FuzzTarget::named).toList()
                : List.of(FuzzTarget.values());
        List<String> findings = new ArrayList<>();
        for (FuzzTarget target : targets) {
            Path results = Files.createDirectories(RESULTS.resolve(target.wireName()));
            Files.createDirectories(results.resolve("corpus"));
            System.out.printf(
                    "fuzzing %s for %s s, log and findings in %s%n", target.wireName(), arguments[0], results);
            if (start(target, results, arguments[0]).waitFor() != 0) {
                findings.add(target.wireName());
            }
        }
        System.out.println(findings.isEmpty() ? "nothing found" : "FOUND in " + findings + ": see target/fuzz");
        System.exit(findings.isEmpty() ? 0 : 1);
    }

    private static Process start(FuzzTarget target, Path results, String seconds) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // What an unbounded allocation meets first; the engine's own share of a service is larger.
                "-Xmx768m",
                "-Xss1m",
                "-Djava.io.tmpdir=" + (Files.isDirectory(MEMORY) ? MEMORY : results.toAbsolutePath()),
                "-D" + Fuzzer.TARGET + "=" + target.wireName(),
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzzer.class.getName(),
                "--instrumentation_includes=dev.anneal.engine.**:tools.jackson.**",
                "--custom_hook_includes=dev.anneal.engine.**",
                "--reproducer_path=" + results,
                "-artifact_prefix=" + results + "/",
                "-max_total_time=" + seconds,
                // The first inputs wait for classes to be instrumented; Effort is stricter with the others.
                "-timeout=120",
                "-rss_limit_mb=3072",
                "-use_value_profile=1",
                "-print_final_stats=1"));
        Path dictionary = SEEDS.resolve(target.wireName() + ".dict");
        if (Files.exists(dictionary)) {
            command.add("-dict=" + dictionary);
        }
        command.add(results.resolve("corpus").toString());
        command.add(SEEDS.resolve(target.wireName()).toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OPT_OUT_TRACKING", "true");
        return builder.redirectOutput(results.resolve("log").toFile()).start();
    }
}

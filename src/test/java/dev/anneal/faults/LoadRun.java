package dev.anneal.faults;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.util.FileSystemUtils;

/**
 * Measures the API beside a training, with a long queue, more streams than it serves, large uploads, slow and rude
 * clients, and more requests than it can answer: it must answer with 429 or 503 and say when to come again, never with
 * 500. {@code faults/load.sh} starts it; docs/testing.md says more.
 */
public final class LoadRun {

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final List<String> TENANTS = LoadedInstallation.TENANTS;
    private static final String FIRST = TENANTS.get(0);
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long MEBIBYTE = 1 << 20;

    /** anneal.event-streams.max-streams. */
    private static final int MOST_STREAMS = 100;

    /** More than the container has threads. */
    private static final int SLOW_CLIENTS = 600;

    private static final int RUDE_CLIENTS = 400;
    private static final int UPLOADS = 2;
    private static final Duration CHECKS = Duration.ofMinutes(30);

    /** Of the process that receives the uploads: its buffers, and what the heap grows by. */
    private static final long MOST_GROWTH = 256 * MEBIBYTE;

    /** Of all tenants, each of which gets half of the container's 300 threads. */
    private static final int FLOOD = 1_000;

    private final LoadOptions options;
    private final LoadedInstallation installation;
    private final LoadClient client;
    private final LoadReport report;
    private final Map<String, String> files = new LinkedHashMap<>();

    private LoadRun(LoadOptions options, LoadedInstallation installation) {
        this.options = options;
        this.installation = installation;
        this.client = new LoadClient(installation.api().port());
        this.report = new LoadReport(options.isStrict());
    }

    /** Ends with 1 if anything was violated. */
    public static void main(String[] arguments) throws Exception {
        LoadOptions options = LoadOptions.of(arguments);
        Path folder = Files.createDirectories(Path.of("target", "faults")).toAbsolutePath();
        Path run = Files.createTempDirectory(folder, "load-");
        boolean holds;
        try (LoadedInstallation installation = new LoadedInstallation(run)) {
            holds = new LoadRun(options, installation).run();
        }
        List<Long> left = Orphans.below(run);
        if (!left.isEmpty()) {
            System.out.println("VIOLATED: processes have outlived the installation: " + left);
        }
        FileSystemUtils.deleteRecursively(run);
        System.exit(holds && left.isEmpty() ? 0 : 1);
    }

    private boolean run() throws Exception {
        for (String tenant : TENANTS) {
            files.put(tenant, client.upload(tenant));
        }
        String running = create(FIRST, Work.LONG);
        Patience.until("a job trains", PATIENCE, installation::isTraining);
        String queued = create(FIRST, Work.LONG);
        PacedTraffic traffic = traffic(running, queued);
        traffic.run(WARM_UP);
        for (int length : options.queued()) {
            installation.fillQueue(length);
            measure(length + " queued", traffic, length > 1_000 ? 100 : 50);
        }
        streams(traffic);
        uploads(traffic);
        slowClients(traffic);
        rudeClients(traffic);
        flood(running);
        measure("afterwards", traffic, 100);
        long failures = installation.api().answered(500);
        if (failures > 0) {
            report.violated("the service says that it has answered 500 " + failures + " times");
        }
        report.print(System.out);
        return report.holds();
    }

    private String create(String tenant, Work work) throws IOException, InterruptedException {
        return client.read(creation(tenant, work)).path("id").asString();
    }

    private HttpRequest creation(String tenant, Work work) {
        return client.post(tenant, JOBS, work.request(files.getOrDefault(tenant, "")));
    }

    /** What the first tenant does all the time. */
    private PacedTraffic traffic(String running, String queued) {
        Map<String, Supplier<HttpRequest>> kinds = new LinkedHashMap<>();
        kinds.put("a job", () -> client.request(FIRST, JOBS + "/" + running).build());
        kinds.put(
                "a queued job", () -> client.request(FIRST, JOBS + "/" + queued).build());
        kinds.put("list of 20", () -> client.request(FIRST, JOBS).build());
        kinds.put("creation", () -> creation(FIRST, Work.LONG));
        return new PacedTraffic(client, kinds);
    }

    private void measure(String situation, PacedTraffic traffic, double budget) {
        traffic.run(options.pace()).forEach((kind, answers) -> {
            report.add(situation, kind, answers);
            report.budget(situation, kind, answers, budget);
        });
    }

    /** All that are served get all events of their job, which ends meanwhile. */
    private void streams(PacedTraffic traffic) throws Exception {
        EventReaders readers = new EventReaders(client);
        for (String tenant : TENANTS.subList(1, 3)) {
            readers.open(tenant, create(tenant, Work.SHORT), options.streams() / 2);
        }
        Answers answers = readers.answers(options.streams(), PATIENCE);
        measure(options.streams() + " streams", traffic, Double.MAX_VALUE);
        readers.check(report);
        int served = Math.min(options.streams(), MOST_STREAMS);
        if (answers.count(200) != served || answers.count(429) != options.streams() - served) {
            report.violated("of %d streams %d are to be served and the others to get 429, but they got %s"
                    .formatted(options.streams(), served, answers));
        }
        report.add(options.streams() + " streams", "the stream", answers);
    }

    /**
     * The rows of what has been uploaded are checked by the same process, whose memory is watched until that has ended.
     */
    private void uploads(PacedTraffic traffic) throws Exception {
        String situation = UPLOADS + " uploads of " + options.uploadMegabytes() + " MB";
        Answers answers = new Answers();
        long before = installation.api().residentBytes();
        MemoryWatch memory = new MemoryWatch(installation.api());
        Map<String, CompletableFuture<HttpResponse<String>>> open = new LinkedHashMap<>();
        for (String tenant : TENANTS.subList(0, UPLOADS)) {
            open.put(tenant, new LargeUpload(options.uploadMegabytes()).send(client, tenant, answers));
        }
        measure(situation, traffic, Double.MAX_VALUE);
        for (Map.Entry<String, CompletableFuture<HttpResponse<String>>> upload : open.entrySet()) {
            String id = client.idOf(upload.getValue().join());
            Patience.until("the rows of " + id + " are checked", CHECKS, () -> client.isChecked(upload.getKey(), id));
        }
        long peak = memory.stop();
        report.add(situation, "the upload", answers);
        report.note("resident memory of the API process: %d MB before, %d MB at most while it received and checked them"
                .formatted(before / MEBIBYTE, peak / MEBIBYTE));
        if (peak - before > MOST_GROWTH) {
            report.violated("uploads took more than %d MB of memory".formatted(MOST_GROWTH / MEBIBYTE));
        }
    }

    private void slowClients(PacedTraffic traffic) throws IOException {
        try (RudeClients slow = new RudeClients(installation.api().port())) {
            slow.beginSlowly(SLOW_CLIENTS);
            measure(SLOW_CLIENTS + " clients that send a byte a second", traffic, Double.MAX_VALUE);
        }
    }

    private void rudeClients(PacedTraffic traffic) throws IOException {
        try (RudeClients rude = new RudeClients(installation.api().port())) {
            rude.hangUp(RUDE_CLIENTS);
            measure(RUDE_CLIENTS + " clients that hung up", traffic, Double.MAX_VALUE);
        }
    }

    /** As many requests as answers, of all tenants. */
    private void flood(String job) {
        Answers answers = new Answers();
        long end = System.nanoTime() + options.pace().toNanos();
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (int loop = 0; loop < FLOOD; loop++) {
            loops.add(repeat(loop, job, end, answers));
        }
        loops.forEach(CompletableFuture::join);
        report.add(FLOOD + " at a time", "all", answers);
    }

    private CompletableFuture<Void> repeat(int number, String job, long end, Answers answers) {
        if (System.nanoTime() > end) {
            return CompletableFuture.completedFuture(null);
        }
        String tenant = TENANTS.get(number % TENANTS.size());
        HttpRequest request = switch (number % 3) {
            case 0 -> client.request(tenant, JOBS).build();
            case 1 -> client.request(FIRST, JOBS + "/" + job).build();
            default -> creation(tenant, Work.LONG);
        };
        return client.send(request, System.nanoTime(), answers)
                .thenComposeAsync(answered -> repeat(number + 1, job, end, answers), client.threads());
    }
}

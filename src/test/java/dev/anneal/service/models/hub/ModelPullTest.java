package dev.anneal.service.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.models.hub.HubException.Reason;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pulls from a Hub over HTTP, whole, broken and resumed, into the layout of huggingface_hub. */
class ModelPullTest {

    private static final Path MODEL = Path.of("src/main/resources/models/anneal-tiny");
    private static final String WEIGHTS = "model.safetensors";

    private final HubServer server = new HubServer(MODEL);
    private final OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")));

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws IOException {
        server.close();
        http.close();
    }

    @Test
    void modelIsLaidOutAsTheHubsOwnClientLaysItOut() throws IOException {
        Told told = new Told();

        String sha = puller().pull(HubServer.ID, "main", told);

        Path model = folder.resolve("models--acme--tiny");
        assertThat(sha).isEqualTo(HubServer.SHA);
        assertThat(model.resolve("refs/main")).hasContent(HubServer.SHA);
        Path snapshot = model.resolve("snapshots").resolve(sha);
        assertThat(Files.readAllBytes(snapshot.resolve(WEIGHTS))).isEqualTo(server.file(WEIGHTS));
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")).toString())
                .startsWith("../../blobs/");
        assertThat(names(snapshot))
                .containsExactly(
                        "config.json",
                        "generation_config.json",
                        WEIGHTS,
                        "special_tokens_map.json",
                        "tokenizer.json",
                        "tokenizer_config.json");
        assertThat(server.asked()).containsExactlyElementsOf(names(snapshot));
        assertThat(told.license).isEqualTo("apache-2.0");
        assertThat(told.done).isEqualTo(told.total).isGreaterThan(server.file(WEIGHTS).length);
    }

    @Penetration
    @Test
    void tokenIsForTheHubAloneAndNotForWhereItRedirectsTo() throws IOException {
        puller().pull(HubServer.ID, "main", new Told());

        assertThat(server.seen())
                .allSatisfy(request -> assertThat(request.authorization())
                        .isEqualTo(request.path().equals("/" + WEIGHTS) ? null : "Bearer hf_secret"))
                .extracting(HubServer.Seen::path)
                .contains("/" + WEIGHTS);
    }

    @Test
    void brokenTransferGoesOnWhereItBroke() throws IOException {
        server.breaksAfter = 2 << 20;

        puller().pull(HubServer.ID, "main", new Told());

        assertThat(ranges()).hasSizeGreaterThanOrEqualTo(3).first().isNull();
        assertThat(ranges().subList(1, ranges().size())).allMatch(range -> range.matches("bytes=[1-9][0-9]*-"));
        assertThat(snapshotFile(WEIGHTS)).hasBinaryContent(server.file(WEIGHTS));
    }

    @Test
    void transferThatNeverComesFurtherIsGivenUpAndWhatHasArrivedStays() throws IOException {
        server.breaksAfter = 1;
        server.busy.set(Integer.MAX_VALUE);

        assertFails(Reason.HUB_UNREACHABLE);

        server.busy.set(2);
        server.mend();
        puller().pull(HubServer.ID, "main", new Told());
        assertThat(snapshotFile(WEIGHTS)).exists();
    }

    @Test
    void pullOfAKilledProcessGoesOnWhereItWas() throws Exception {
        server.breaksAfter = 3 << 20;
        Process killed = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PullingJvm.class.getName(),
                        server.uri().toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            Path partial = incomplete();
            awaitBytes(partial, killed);
        } finally {
            killed.destroyForcibly().waitFor();
        }
        server.mend();
        long arrived = Files.size(incomplete());
        int before = ranges().size();

        puller().pull(HubServer.ID, "main", new Told());

        assertThat(ranges().subList(before, ranges().size())).containsExactly("bytes=" + arrived + "-");
        assertThat(snapshotFile(WEIGHTS)).hasBinaryContent(server.file(WEIGHTS));
    }

    private static void awaitBytes(Path partial, Process process) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.exists(partial) || Files.size(partial) < 1 << 20) {
            assertThat(process.isAlive()).isTrue();
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void serverThatSendsAllAgainIsReadFromTheStart() throws IOException {
        server.breaksAfter = 4 << 20;
        assertThatExceptionOfType(HubException.class)
                .isThrownBy(() -> puller().pull(HubServer.ID, "main", new Told() {
                    private long atFirst = -1;

                    @Override
                    public boolean arrived(long bytesDone, long bytesTotal) {
                        atFirst = atFirst < 0 ? bytesDone : atFirst;
                        return bytesDone == atFirst;
                    }
                }));
        assertThat(Files.size(incomplete())).isPositive();
        server.mend();
        server.ignoresRange = true;

        puller().pull(HubServer.ID, "main", new Told());

        assertThat(snapshotFile(WEIGHTS)).hasBinaryContent(server.file(WEIGHTS));
    }

    @Penetration
    @Test
    void fileWithAnotherHashIsThrownAway() throws IOException {
        server.damage();

        assertFails(Reason.HUB_FILE_DAMAGED).withMessageContaining(WEIGHTS).withMessageContaining("hash");

        assertThat(incomplete()).doesNotExist();
        assertThat(folder.resolve("models--acme--tiny/snapshots")).doesNotExist();
        server.mend();
        puller().pull(HubServer.ID, "main", new Told());
        assertThat(snapshotFile(WEIGHTS)).exists();
    }

    @Test
    void bodyThatGoesOnIsNotReadOn() {
        server.sizeError = -1000;

        assertFails(Reason.HUB_FILE_DAMAGED).withMessageContaining("is longer than its 5318424 bytes");
    }

    @Test
    void tooManyRequestsAreWaitedOut() throws IOException {
        server.busy.set(3);

        puller().pull(HubServer.ID, "main", new Told());

        assertThat(snapshotFile("config.json")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "403 GatedRepo,        HUB_MODEL_GATED",
        "401 RepoNotFound,     HUB_MODEL_NOT_FOUND",
        "404 RevisionNotFound, HUB_REVISION_NOT_FOUND",
        "404 Other,            HUB_MODEL_NOT_FOUND",
        "500 Other,            HUB_UNREACHABLE"
    })
    void refusalsOfTheHubAreTold(String answer, Reason kind) {
        server.refusal = answer;

        assertFails(kind);
    }

    @Test
    void architectureThatTheEngineDoesNotRunIsRefusedBeforeItsWeights() {
        server.put(
                "config.json",
                new String(server.file("config.json"), StandardCharsets.UTF_8)
                        .replace("LlamaForCausalLM", "MambaForCausalLM")
                        .replace("\"llama\"", "\"mamba\""));

        assertFails(Reason.BASE_MODEL_UNREADABLE).withMessageContaining("weights were not pulled");

        assertThat(server.asked()).doesNotContain(WEIGHTS);
    }

    @Penetration
    @Test
    void modelWithoutSafetensorsIsRefused() {
        server.remove(WEIGHTS);

        assertFails(Reason.BASE_MODEL_UNREADABLE).withMessageContaining("safetensors");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void shardsAreThoseOfTheIndexAndNoPaths() {
        byte[] weights = server.file(WEIGHTS);
        server.remove(WEIGHTS);
        server.put("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}");
        assertFails(Reason.BASE_MODEL_UNREADABLE).withMessageContaining("../../x.safetensors");

        server.put("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"model-1.safetensors\"}}");
        assertFails(Reason.BASE_MODEL_UNREADABLE).withMessageContaining("has no model-1.safetensors");
        assertThat(weights).isNotEmpty();
    }

    @Test
    void modelThatDoesNotFitOnTheDiskIsRefusedBeforeItsWeights() {
        server.sizeError = 1L << 60;

        assertFails(Reason.STORAGE_FULL).withMessageContaining("anneal.hub.cache-dir");

        assertThat(server.asked()).doesNotContain(WEIGHTS);
    }

    @Test
    void fullDiskIsNoFaultOfTheHub() throws IOException {
        Files.createDirectories(incomplete().resolveSibling(""));
        Files.createSymbolicLink(incomplete(), Path.of("/dev/full"));

        assertFails(Reason.STORAGE_FULL).withMessageContaining("anneal.hub.cache-dir has no room left");
    }

    @Test
    void cacheThatCannotBeWrittenIsNoFaultOfTheHub() throws IOException {
        Files.writeString(folder.resolve("models--acme--tiny"), "a file where a folder should be");

        assertFails(Reason.STORAGE_FAILED).withMessageNotContaining(folder.toString());
    }

    @Test
    void pullThatIsNoLongerWantedWaitsForNoOther() throws Exception {
        ModelPull puller = puller();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> {
            try {
                return puller.pull(HubServer.ID, "main", new Told() {
                    @Override
                    public boolean arrived(long bytesDone, long bytesTotal) {
                        begun.countDown();
                        try {
                            goesOn.await();
                        } catch (InterruptedException stopped) {
                            Thread.currentThread().interrupt();
                        }
                        return true;
                    }
                });
            } catch (HubException failure) {
                throw new AssertionError(failure);
            }
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        assertThatExceptionOfType(HubException.class)
                .isThrownBy(() -> puller.pull(HubServer.ID, "main", new Told() {
                    @Override
                    public boolean waits() {
                        return false;
                    }
                }))
                .withMessage(
                        "the pull was stopped: its work has ended, another revision was asked for, or the process ends");
        goesOn.countDown();

        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(HubServer.SHA);
    }

    private ThrowableAssertAlternative<HubException> assertFails(Reason kind) {
        return assertThatExceptionOfType(HubException.class)
                .isThrownBy(() -> puller().pull(HubServer.ID, "main", new Told()))
                .satisfies(failure ->
                        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind));
    }

    private ModelPull puller() {
        return PullingJvm.puller(http, server.uri(), folder);
    }

    private Path snapshotFile(String name) {
        return folder.resolve("models--acme--tiny/snapshots")
                .resolve(HubServer.SHA)
                .resolve(name);
    }

    private Path incomplete() {
        return folder.resolve("models--acme--tiny/blobs").resolve(sha256() + ".incomplete");
    }

    private String sha256() {
        return HexFormat.of().formatHex(Sha256.newDigest().digest(server.file(WEIGHTS)));
    }

    private List<String> ranges() {
        return server.seen().stream()
                .filter(request -> request.path().equals("/" + WEIGHTS))
                .map(HubServer.Seen::range)
                .toList();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Keeps what it is told last. */
    private static class Told implements PullListener {

        private @Nullable String license;
        private long total;
        private long done;

        @Override
        public void found(@Nullable String ofModel) {
            license = ofModel;
        }

        @Override
        public boolean arrived(long bytesDone, long bytesTotal) {
            assertThat(bytesDone).as("no more is done than all").isBetween(0L, bytesTotal);
            total = bytesTotal;
            done = bytesDone;
            return true;
        }

        @Override
        public boolean waits() {
            return true;
        }
    }
}

package dev.anneal.service.models.hub;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.service.models.hub.HubException.Reason;
import dev.anneal.service.platform.cache.FileLocks;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.lang3.ObjectUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads a revision of a model into this machine's cache: its descriptions first, and its weights only if the engine
 * supports the model and the disk has space. A machine runs one pull of a model at a time, so that the next one finds
 * all files of the previous one.
 */
final class ModelPull {

    private static final Logger LOG = LoggerFactory.getLogger(ModelPull.class);

    /** Maximum number of attempts in a row without progress. */
    private static final int MOST_FRUITLESS = 5;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** Space that stays free for other programs. */
    private static final long RESERVED_BYTES = 256L << 20;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final HubClient client;
    private final HubCache cache;
    private final Duration pause;

    /**
     * @param pause before the second attempt; doubled after each attempt without progress
     */
    ModelPull(HubClient client, HubCache cache, Duration pause) {
        this.client = client;
        this.cache = cache;
        this.pause = pause;
    }

    /** @return the commit that the revision is */
    String pull(String id, String revision, PullListener listener) throws HubException {
        try {
            return download(id, revision, listener);
        } catch (HubException told) {
            throw told;
        } catch (IOException failure) {
            LOG.error("The cache in {} cannot be used", cache.root(), failure);
            throw HubException.ofCache(id, failure);
        }
    }

    private String download(String id, String revision, PullListener listener) throws IOException {
        PullProgress progress = new PullProgress(listener);
        HubRevision found = retry(() -> client.revision(id, revision), () -> 0, progress);
        listener.found(found.license());
        FileLock alone = lock(id, progress);
        try (alone) {
            List<HubFile> files = new ArrayList<>(FileSelection.descriptions(found));
            for (HubFile file : files) {
                download(found, file, progress);
            }
            requireRunnable(found);
            List<HubFile> weights = FileSelection.weights(found, index(found));
            files.addAll(weights);
            begin(found, files, progress);
            for (HubFile file : weights) {
                download(found, file, progress);
            }
            cache.publish(found, files, revision);
        }
        LOG.info("Base model '{}' is in the cache at {}", id, found.sha());
        return found.sha();
    }

    private FileLock lock(String id, PullProgress progress) throws IOException {
        Path file = cache.lock(id);
        Files.createDirectories(file.resolveSibling(""));
        FileLocks locks = FileLocks.of(file);
        FileLock lock = locks.tryAlone(id);
        while (lock == null) {
            progress.waiting();
            sleep(BETWEEN_LOOKS);
            lock = locks.tryAlone(id);
        }
        return lock;
    }

    private Path index(HubRevision found) {
        return found.file(WeightDirectory.INDEX)
                .map(file -> cache.blob(found.id(), file))
                .orElse(cache.root());
    }

    private void requireRunnable(HubRevision found) throws IOException {
        Path config = cache.blob(found.id(), found.file(FileSelection.CONFIG).orElseThrow());
        try {
            ModelConfig.read(config);
        } catch (ModelConfigException unsupported) {
            throw new HubException(
                    Reason.BASE_MODEL_UNREADABLE,
                    "'" + found.id() + "' cannot be trained here, so its weights were not pulled: "
                            + String.valueOf(unsupported.getMessage())
                                    .replace(config.toString(), FileSelection.CONFIG));
        }
    }

    private void begin(HubRevision found, List<HubFile> files, PullProgress progress) throws IOException {
        long total = 0;
        long done = 0;
        for (HubFile file : files) {
            total = Math.addExact(total, file.bytes());
            done += Math.min(file.bytes(), cache.bytesOf(found.id(), file));
        }
        long free = Files.getFileStore(cache.root()).getUsableSpace();
        if (total - done > free - RESERVED_BYTES) {
            throw new HubException(
                    Reason.STORAGE_FULL,
                    "'" + found.id() + "' needs " + (total - done)
                            + " more bytes, but the disk of anneal.hub.cache-dir has " + free + " free, of which "
                            + RESERVED_BYTES + " are reserved");
        }
        progress.begin(total, done);
    }

    private void download(HubRevision found, HubFile file, PullProgress progress) throws IOException {
        BlobDownload attempt = new BlobDownload(client, cache, found, file, progress);
        retry(attempt::run, () -> cache.bytesOf(found.id(), file), progress);
    }

    private <T> T retry(Attempt<T> attempt, Arrived arrived, PullProgress progress) throws IOException {
        Duration next = pause;
        int fruitless = 0;
        while (true) {
            long before = arrived.bytes();
            try {
                return attempt.run();
            } catch (HubException failure) {
                fruitless = arrived.bytes() > before ? 0 : fruitless + 1;
                if (!failure.mayPass() || fruitless >= MOST_FRUITLESS) {
                    throw failure;
                }
                Duration wanted = failure.retryAfter();
                next = fruitless == 0 ? pause : ObjectUtils.min(next.multipliedBy(2), LONGEST_PAUSE);
                Duration wait = wanted == null ? next : wanted;
                LOG.warn("{}; the pull continues in {} ms", failure.getMessage(), wait.toMillis());
                sleep(wait, progress);
            }
        }
    }

    private static void sleep(Duration wait, PullProgress progress) throws HubException {
        for (Duration left = wait; left.compareTo(Duration.ZERO) > 0; left = left.minus(BETWEEN_LOOKS)) {
            progress.waiting();
            sleep(ObjectUtils.min(left, BETWEEN_LOOKS));
        }
    }

    private static void sleep(Duration wait) throws HubException {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException stopped) {
            throw stopped();
        }
    }

    private static HubException stopped() {
        Thread.currentThread().interrupt();
        return new HubException(
                Reason.MODEL_NOT_AVAILABLE, "the pull was stopped with its process, and another process continues it");
    }

    /** Repeated until it succeeds. */
    private interface Attempt<T> {

        T run() throws IOException;
    }

    /** Bytes received by all attempts so far. */
    private interface Arrived {

        long bytes() throws IOException;
    }
}

package dev.anneal.service.models.hub;

import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.outbound.OutboundProperties;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that pulls a model, for tests that kill it. */
final class PullingJvm {

    private PullingJvm() {}

    /** @param arguments address of the Hub, folder of the cache */
    public static void main(String[] arguments) throws IOException {
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")))) {
            puller(http, URI.create(arguments[0]), Path.of(arguments[1]))
                    .pull(HubServer.ID, "main", new PullListener() {
                        @Override
                        public boolean arrived(long bytesDone, long bytesTotal) {
                            try {
                                Thread.sleep(20);
                                return true;
                            } catch (InterruptedException e) {
                                return false;
                            }
                        }

                        @Override
                        public boolean waits() {
                            return true;
                        }
                    });
        }
    }

    static ModelPull puller(OutboundHttp http, URI hub, Path folder) {
        OutboundLimits limits = new OutboundLimits(Duration.ofSeconds(10), null, 2);
        HubProperties properties =
                new HubProperties(hub, "hf_secret", false, List.of(), null, List.of(), List.of(), folder.toString());
        return new ModelPull(
                new HubClient(http.toConfigured(hub, limits, 5), properties),
                new HubCache(folder),
                Duration.ofMillis(1));
    }
}

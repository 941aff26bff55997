package dev.anneal.service.inference;

import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.Task;
import dev.anneal.service.access.tenant.ServiceKeys;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartNote;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Beans of generation. */
@Configuration(proxyBeanMethods = false)
class InferenceConfiguration {

    @Bean
    @Nullable
    GeneratingPeer generatingPeer(InferenceProperties properties) {
        URI url = properties.url();
        return url == null ? null : new GeneratingPeer(url, properties);
    }

    @Bean
    TextGenerator textGenerator(
            ObjectProvider<LocalGenerator> local, ObjectProvider<GeneratingPeer> peer, ServiceKeys keys) {
        LocalGenerator here = local.getIfAvailable();
        GeneratingPeer other = peer.getIfAvailable();
        if (here != null) {
            return here::generate;
        }
        return other == null ? new UnavailableTextGenerator() : new RemoteTextGenerator(other, keys::of, keys::refused);
    }

    @Bean
    @ConditionalOnRole(Role.INFERENCE)
    LocalGenerator localGenerator(
            InferenceProperties properties,
            EngineProperties engine,
            RequestedModels models,
            SharedCache cache,
            @Value("${anneal.home}") Path home,
            Clock clock,
            InferenceMeters meters) {
        EngineProperties yielding = engine.withNiceness(properties.niceness());
        return new LocalGenerator(
                properties,
                models,
                () -> new EngineLauncher(yielding, home, cache, EngineLauncher.ENGINE_MAIN),
                task(properties, engine),
                clock,
                meters);
    }

    @Bean
    @Order(5)
    @ConditionalOnRole(Role.INFERENCE)
    StartNote generationNote(InferenceProperties properties) {
        return StartNote.of("Generation", "on " + properties.device());
    }

    private static ServeTask task(InferenceProperties properties, EngineProperties engine) {
        int threads = properties.computeThreads(Runtime.getRuntime().availableProcessors());
        return new ServeTask(
                new Task.Machine(properties.device(), threads, engine.precision()),
                new ServeTask.Limits(
                        properties.models(),
                        properties.adapters(),
                        properties.slots(),
                        properties.maxTokens(),
                        properties.prefixCache().toBytes(),
                        Math.toIntExact(properties.idleTimeout().toSeconds())));
    }
}

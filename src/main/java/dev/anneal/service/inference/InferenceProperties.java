package dev.anneal.service.inference;

import dev.anneal.service.platform.outbound.OutboundClient;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where text is generated, and its limits.
 *
 * @param url address of a process with the role {@code inference}, such as {@code http://inference:8080}; used by
 *     processes without that role
 * @param connectTimeout time limit for a connection to it
 * @param requestTimeout total time limit for a request, after which it is cancelled
 * @param stallTimeout a process that generates and gives no sign of life for this long is killed; it gives one every
 *     five seconds, and has five times as long to start
 * @param device device that generates: {@code cpu} or {@code cuda:N}
 * @param threads threads that generate; 0 takes half of the cores and leaves the rest to training
 * @param niceness how far the engine process yields the processor, 0 to 19; above {@code anneal.engine.niceness} it
 *     yields to training as well
 * @param models maximum number of base models in memory; the least recently used one is unloaded first
 * @param adapters maximum number of adapters in memory, of all models together
 * @param slots how many answers of one base model are generated at a time, with any adapters; further ones wait
 * @param maxTokens maximum length of prompt and answer together; the model's context also limits it
 * @param prefixCache memory of the kept beginnings of prompts, of all base models together; 0 keeps none
 * @param maxAnswers maximum number of answers being generated or waiting, at most half of them for one tenant; further
 *     requests are refused with 429
 * @param idleTimeout how long a model without requests stays in memory
 */
@Validated
@ConfigurationProperties("anneal.inference")
public record InferenceProperties(
        @Nullable URI url,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("10m") Duration requestTimeout,
        @DefaultValue("1m") Duration stallTimeout,

        @DefaultValue("cpu") @Pattern(regexp = "cpu|cuda:\\d+")
        String device,

        @DefaultValue("0") @Min(0) int threads,
        @DefaultValue("10") @Min(0) @Max(19) int niceness,
        @DefaultValue("2") @Min(1) int models,
        @DefaultValue("16") @Min(1) int adapters,
        @DefaultValue("16") @Min(1) int slots,
        @DefaultValue("4096") @Min(2) int maxTokens,
        @DefaultValue("256MB") DataSize prefixCache,
        @DefaultValue("128") @Min(1) int maxAnswers,
        @DefaultValue("10m") Duration idleTimeout) {

    public InferenceProperties {
        if (prefixCache.isNegative()) {
            throw new IllegalArgumentException(
                    "anneal.inference.prefix-cache must be 0B or more, but is " + prefixCache);
        }
        if (url != null && !OutboundClient.isHttp(url)) {
            throw new IllegalArgumentException(
                    "anneal.inference.url must be an http or https address with a host, such as"
                            + " http://inference:8080, but is '" + url + "'");
        }
    }

    /** Half of the answers, so that a tenant with many requests does not keep out the others. */
    int maxAnswersOfTenant() {
        return (maxAnswers + 1) / 2;
    }

    /** Number of threads that generate on a machine with {@code cores} cores. */
    int computeThreads(int cores) {
        return threads > 0 ? threads : Math.max(1, cores / 2);
    }
}

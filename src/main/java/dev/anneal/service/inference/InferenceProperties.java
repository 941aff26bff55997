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
import org.springframework.validation.annotation.Validated;

/**
 * What generates, and how much of it there may be at a time.
 *
 * @param url root of a process with the role {@code inference}, such as {@code http://inference:8080}, for processes that have not got that role
 * @param connectTimeout how long the connection to it may take
 * @param requestTimeout how long a request may take in all; then it is cancelled
 * @param device where generation computes: {@code cpu} or {@code cuda:N}
 * @param threads that share the work of generating; 0 takes half of the cores, so that trainings go on
 * @param niceness by how much the engine process yields the processor, 0 to 19; above {@code anneal.engine.niceness} it yields to trainings as well
 * @param models base models in memory at a time; the one that was not used for longest makes room
 * @param adapters adapters in memory at a time, of all models
 * @param slots answers of one base model that are generated together, with whatever adapters; further ones wait
 * @param maxTokens longest prompt with its answer; a model's own context bounds it as well
 * @param maxAnswers answers that are generated or wait at a time; beyond them requests are refused with 429
 * @param idleTimeout after this long without a request a model's memory is given back
 */
@Validated
@ConfigurationProperties("anneal.inference")
public record InferenceProperties(
        @Nullable URI url,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("10m") Duration requestTimeout,

        @DefaultValue("cpu") @Pattern(regexp = "cpu|cuda:\\d+")
        String device,

        @DefaultValue("0") @Min(0) int threads,
        @DefaultValue("10") @Min(0) @Max(19) int niceness,
        @DefaultValue("2") @Min(1) int models,
        @DefaultValue("16") @Min(1) int adapters,
        @DefaultValue("16") @Min(1) int slots,
        @DefaultValue("4096") @Min(2) int maxTokens,
        @DefaultValue("64") @Min(1) int maxAnswers,
        @DefaultValue("10m") Duration idleTimeout) {

    public InferenceProperties {
        if (url != null && !OutboundClient.isHttp(url)) {
            throw new IllegalArgumentException("anneal.inference.url must be an http or https address with a host, as"
                    + " http://inference:8080, but is '" + url + "'");
        }
    }

    /** Threads that generate at a time, of so many cores. */
    int computeThreads(int cores) {
        return threads > 0 ? threads : Math.max(1, cores / 2);
    }
}

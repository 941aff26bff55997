package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Metrics of generation in this process. */
@Component
@ConditionalOnRole(Role.INFERENCE)
final class InferenceMeters {

    private final AtomicInteger openAnswers;
    private final Counter refused;
    private final Counter promptTokens;
    private final Counter completionTokens;
    private final Counter cachedPromptTokens;
    private final Counter acceptedDraftTokens;
    private final Counter rejectedDraftTokens;

    InferenceMeters(MeterRegistry registry) {
        this.openAnswers = new AtomicInteger();
        Gauge.builder(MeterNames.INFERENCE_OPEN_ANSWERS, openAnswers, AtomicInteger::get)
                .description("Answers that are generated or wait")
                .register(registry);
        this.refused = Counter.builder(MeterNames.INFERENCE_REFUSED_ANSWERS)
                .description("Answers that were refused because there were too many")
                .register(registry);
        this.promptTokens = tokens("prompt", registry);
        this.completionTokens = tokens("completion", registry);
        this.cachedPromptTokens = Counter.builder(MeterNames.INFERENCE_CACHED_PROMPT_TOKENS)
                .description("Tokens of prompts whose keys and values were kept from earlier requests")
                .register(registry);
        this.acceptedDraftTokens = draftTokens("accepted", registry);
        this.rejectedDraftTokens = draftTokens("rejected", registry);
    }

    private static Counter tokens(String kind, MeterRegistry registry) {
        return Counter.builder(MeterNames.INFERENCE_TOKENS)
                .description("Tokens of requests that were answered to their end")
                .tag("kind", kind)
                .register(registry);
    }

    private static Counter draftTokens(String outcome, MeterRegistry registry) {
        return Counter.builder(MeterNames.INFERENCE_DRAFT_TOKENS)
                .description("Draft tokens of prompt lookup that the model read")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Sets the number of answers being generated or waiting. */
    void openAnswers(int answers) {
        openAnswers.set(answers);
    }

    /** A request for this many answers was refused because of the limit. */
    void refused(int answers) {
        refused.increment(answers);
    }

    /** All answers to a prompt are complete. */
    void generated(int prompt, ServeReply.TokenCounts tokens) {
        promptTokens.increment(prompt);
        completionTokens.increment(tokens.completion());
        cachedPromptTokens.increment(tokens.cachedPrompt());
        acceptedDraftTokens.increment(tokens.acceptedDraft());
        rejectedDraftTokens.increment(tokens.rejectedDraft());
    }
}

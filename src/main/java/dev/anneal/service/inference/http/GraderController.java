package dev.anneal.service.inference.http;

import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Sample;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.inference.grader.GraderRuns;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.training.job.JudgingModels;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/fine_tuning/alpha/graders}: run and validate. */
@RestController
@RequestMapping("/v1/fine_tuning/alpha/graders")
class GraderController {

    private static final String GRADER = "grader";
    private static final String SAMPLE = "model_sample";

    private final JudgingModels judges;
    private final GraderRuns runs;

    GraderController(JudgingModels judges, GraderRuns runs) {
        this.judges = judges;
        this.runs = runs;
    }

    /**
     * The reply to a check.
     *
     * @param grader null if OpenAI's types cannot express it
     */
    record Validated(@Nullable Map<String, @Nullable Object> grader, Anneal anneal) {

        /**
         * @param grader the grader as sent
         */
        record Anneal(Map<String, @Nullable Object> grader) {}
    }

    @PostMapping("/run")
    @RequiresScope(Scope.JOBS_WRITE)
    GraderRunBody run(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body) {
        StrictObject request = JsonBody.of(body).object();
        Grader grader = GraderObjects.read(required(request), GRADER);
        String completion = request.text(SAMPLE);
        Map<String, @Nullable Object> item = request.map("item");
        request.refuseOthers();
        if (completion == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + SAMPLE + "' is required: give the completion to grade as a string, which may be empty",
                    SAMPLE);
        }
        judges.require(tenant.id(), grader);
        long start = System.nanoTime();
        Grade grade = runs.run(tenant.id(), grader, new Sample(item == null ? Map.of() : item, completion));
        return GraderRunBody.of(grader, grade, (System.nanoTime() - start) / 1e9);
    }

    @PostMapping("/validate")
    @RequiresScope(Scope.JOBS_READ)
    Validated validate(@RequestBody(required = false) @Nullable JsonNode body) {
        StrictObject request = JsonBody.of(body).object();
        Map<String, @Nullable Object> grader = required(request);
        request.refuseOthers();
        GraderObjects.read(grader, GRADER);
        return new Validated(GraderObjects.inOpenAiTypes(grader), new Validated.Anneal(grader));
    }

    private static Map<String, @Nullable Object> required(StrictObject request) {
        Map<String, @Nullable Object> grader = request.map(GRADER);
        if (grader == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + GRADER + "' is required: give a grader object such as {\"type\": \"string_check\", …}",
                    GRADER);
        }
        return grader;
    }
}

package dev.anneal.service.training.admission;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks whether a method can train on the rows of a file. */
final class FormatCheck {

    private FormatCheck() {}

    /**
     * @param param request key that names the file
     * @throws Refusal if its rows are known to have another format, or to lack keys that the method's grader uses
     */
    static void require(StoredFile file, TrainingMethod method, @Nullable String param) {
        DatasetFormat needed = TrainingMethods.of(method).format();
        ValidationReport report = file.report();
        if (report != null && report.isUsable() && report.format() != needed) {
            throw new Refusal(
                    RefusalCode.DATASET_INVALID,
                    "'%s' holds rows of %s, but the method '%s' trains on %s; name another file, or the method '%s'"
                            .formatted(
                                    file.id(),
                                    report.format().description(),
                                    method.wireName(),
                                    needed.description(),
                                    TrainingMethods.trainingOn(report.format())),
                    param);
        }
        Map<String, @Nullable Object> grader = method.grader();
        if (grader != null) {
            GraderItems.require(file, grader, method.param("grader"));
        }
    }
}

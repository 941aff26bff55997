package dev.anneal.service.training.job;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.settings.ReinforcementReader;
import org.jspecify.annotations.Nullable;

/** Whether the rows of a file are what a method trains on. */
final class FormatCheck {

    private FormatCheck() {}

    /**
     * @param param key of the request that names the file
     * @throws Refusal if its rows are known to be of another format, or to lack what the method's grader asks of them
     */
    static void require(StoredFile file, TrainingMethod method, @Nullable String param) {
        DatasetFormat needed = formatOf(method);
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
                                    methodOf(report.format())),
                    param);
        }
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            GraderItems.require(file, reinforcement.grader(), ReinforcementReader.GRADER);
        }
    }

    private static DatasetFormat formatOf(TrainingMethod method) {
        if (method instanceof TrainingMethod.Supervised) {
            return DatasetFormat.CHAT;
        }
        return method instanceof TrainingMethod.Dpo ? DatasetFormat.PREFERENCE : DatasetFormat.REINFORCEMENT;
    }

    private static String methodOf(DatasetFormat format) {
        return switch (format) {
            case CHAT -> TrainingMethod.SUPERVISED;
            case PREFERENCE -> TrainingMethod.DPO;
            case REINFORCEMENT -> TrainingMethod.REINFORCEMENT;
        };
    }
}

package dev.anneal.service.training.admission;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.training.history.CompletionLengths;
import dev.anneal.service.training.job.AdmittedJob;
import dev.anneal.service.training.settings.DatasetSize;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.SettingsResolver;
import org.springframework.stereotype.Component;

/** Resolves the settings of a job with what workers and past jobs tell about its memory and time. */
@Component
final class ExpectedSettings {

    private final EngineSetups engines;
    private final CompletionLengths lengths;

    ExpectedSettings(EngineSetups engines, CompletionLengths lengths) {
        this.engines = engines;
        this.lengths = lengths;
    }

    /** Requires a transaction of the job's tenant. */
    ResolvedSettings resolve(AdmittedJob job, TokenReport report) {
        StoredFile validation = job.validationFile();
        return SettingsResolver.resolve(
                job.request(),
                job.profiles(),
                DatasetSize.of(report, validation == null ? null : validation.report()),
                engines.current(),
                lengths.mean(job.request()));
    }
}

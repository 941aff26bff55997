package dev.anneal.service.training.http;

import com.sun.management.OperatingSystemMXBean;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.outlook.QueueOutlook;
import dev.anneal.service.training.settings.AdapterRequest;
import dev.anneal.service.training.settings.MemoryEstimate;
import dev.anneal.service.training.settings.ModelProfile;
import java.lang.management.ManagementFactory;
import org.springframework.stereotype.Component;

/**
 * Estimates whether training an adapter of a model fits into the memory of this machine, with the formula of dry runs.
 */
@Component
final class MemoryFit {

    private static final int ROWS = 4;
    private static final int TOKENS = 1024;

    private final QueueOutlook outlook;

    MemoryFit(QueueOutlook outlook) {
        this.outlook = outlook;
    }

    BaseModelBody.Memory of(BaseModel model) {
        ModelProfile profile = ModelProfile.of(model);
        long training = MemoryEstimate.of(
                        profile,
                        profile.fitted(AdapterRequest.OPEN.settings()),
                        outlook.engine(),
                        MemoryEstimate.Rows.kept(ROWS, Math.min(TOKENS, model.contextTokens())))
                .totalBytes();
        // In a container the JVM reports the container's memory.
        long machine =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new BaseModelBody.Memory(training, machine, training < machine);
    }
}

package dev.anneal.service.assignment;

import dev.anneal.service.catalog.ModelCatalog;
import dev.anneal.service.evaluation.EvaluationJournal;
import dev.anneal.service.export.ExportJournal;
import dev.anneal.service.file.FileIntake;
import dev.anneal.service.process.EngineProperties;
import dev.anneal.service.role.ConditionalOnRole;
import dev.anneal.service.role.Role;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.training.TrainingJournal;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
class AssignmentConfiguration {

    @Bean
    Inputs engineInputs(ModelCatalog models, ArtifactStore store, EngineProperties engine) {
        return new Inputs(models, store, engine);
    }

    @Bean
    Assignments assignments(
            Inputs inputs,
            ArtifactStore store,
            FileIntake files,
            TrainingJournal trainings,
            ExportJournal exports,
            EvaluationJournal evaluations,
            CheckpointProperties checkpoints) {
        TrainingAssignment.Publication publication =
                new TrainingAssignment.Publication(trainings, store, files, checkpoints.kept());
        return new ClaimedAssignments(inputs, store, publication, exports, evaluations);
    }
}

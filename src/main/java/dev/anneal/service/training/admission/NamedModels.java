package dev.anneal.service.training.admission;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.job.PairedModel;
import dev.anneal.service.training.settings.JobRequest;
import org.jspecify.annotations.Nullable;

/**
 * The models of a request.
 *
 * @param request the request with the base model that is trained, and a method that fits them
 * @param trained base model that is trained
 * @param target target of a draft; null if no draft is trained
 */
record NamedModels(
        JobRequest request, BaseModel trained, @Nullable PairedModel target) {}

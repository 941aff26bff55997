package dev.anneal.service.training.admission;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ModelProfiles;

/**
 * A request that a job could be created from.
 *
 * @param request the request with the settings that depend on what it names
 * @param model base model that is trained
 */
public record AdmittedJob(JobRequest request, BaseModel model, ModelProfiles profiles) {}

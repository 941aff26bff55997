package dev.anneal.service.training.admission;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.models.catalog.BaseModel;

/**
 * An uploaded adapter that has been read.
 *
 * @param model base model that it fits
 * @param settings its rank, scale and targets, and the dropout that it was trained with
 */
public record UploadedAdapter(String fileId, BaseModel model, AdapterSettings settings) {}

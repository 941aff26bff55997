/**
 * From a request to queued work: the models, files and adapters that it names, its checks, and its preparation.
 * {@link dev.anneal.service.training.admission.Jobs} serves requests.
 */
@NamedInterface
package dev.anneal.service.training.admission;

import org.springframework.modulith.NamedInterface;

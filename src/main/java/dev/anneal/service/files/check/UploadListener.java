package dev.anneal.service.files.check;

import dev.anneal.service.files.FileListener;
import dev.anneal.service.files.StoredFile;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Asks for the validation of each upload, whoever may do it. */
@Component
final class UploadListener implements FileListener {

    private final ApplicationEventPublisher events;
    private final FileChecks checks;

    UploadListener(ApplicationEventPublisher events, FileChecks checks) {
        this.events = events;
        this.checks = checks;
    }

    @Override
    public void uploaded(StoredFile file) {
        checks.requestValidation(file);
    }

    @Override
    public void committed(StoredFile file) {
        events.publishEvent(new CheckRequested());
    }

    @Override
    public void deleted(long fileKey) {
        checks.deleteAll(fileKey);
    }
}

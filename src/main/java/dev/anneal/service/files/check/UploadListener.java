package dev.anneal.service.files.check;

import dev.anneal.service.files.FileListener;
import dev.anneal.service.files.StoredFile;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Asks for the validation of each upload, whoever may do it. */
@Component
final class UploadListener implements FileListener {

    private final ApplicationEventPublisher events;

    UploadListener(ApplicationEventPublisher events) {
        this.events = events;
    }

    @Override
    public void uploaded(JdbcClient transaction, StoredFile file) {
        FileChecks.requestValidation(transaction, file);
    }

    @Override
    public void committed(StoredFile file) {
        events.publishEvent(new CheckRequested());
    }

    @Override
    public void deleted(JdbcClient transaction, long fileKey) {
        FileChecks.deleteAll(transaction, fileKey);
    }
}

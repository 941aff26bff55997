package dev.anneal.service.access.web;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.util.OnCommittedResponseWrapper;

/** An answer that does something at the last moment at which a header can still be written. */
final class HeadHook extends OnCommittedResponseWrapper {

    private final Runnable action;

    HeadHook(HttpServletResponse response, Runnable action) {
        super(response);
        this.action = action;
    }

    @Override
    protected void onResponseCommitted() {
        if (!isCommitted()) {
            action.run();
        }
    }
}

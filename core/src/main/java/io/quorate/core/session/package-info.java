// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Client sessions as replicated state: what makes a command take effect exactly once. Pure; driven
 * by log entries alone, so that every replica holds the same table at the same slot.
 *
 * <p>Starting points: {@link io.quorate.core.session.SessionTable} and its rules; {@link
 * io.quorate.core.session.OpenSession} for what a client sends first.
 */
@NullMarked
package io.quorate.core.session;

import org.jspecify.annotations.NullMarked;

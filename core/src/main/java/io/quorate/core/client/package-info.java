// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The client library: finds the leader, retries safely, keeps sessions in order.
 *
 * <p>Starting point: {@link io.quorate.core.client.LogClient}.
 */
@NullMarked
package io.quorate.core.client;

import org.jspecify.annotations.NullMarked;

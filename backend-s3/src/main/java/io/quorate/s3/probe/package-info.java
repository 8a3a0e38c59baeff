// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Finds out whether an object store keeps the promises that the log rests on, before anything is
 * written to it: it asks for each, and lets writers race, since many a store answers rightly as
 * long as it is called once at a time.
 *
 * <p>Starting points: {@link io.quorate.s3.probe.StoreProbe}, {@link
 * io.quorate.s3.probe.Requirement}.
 */
@NullMarked
package io.quorate.s3.probe;

import org.jspecify.annotations.NullMarked;

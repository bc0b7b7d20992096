/**
 * The connections of a launch, begun before the rest of the code is loaded: from then on Airflow
 * works towards the first frame, beside us.
 *
 * @module
 */
import { dial, type Dialed } from "../runtime/launch/address.ts";

/** The connections that the command line asks for; undefined when it asks for none. */
export const dialed: Dialed | undefined = dial(Deno.args);

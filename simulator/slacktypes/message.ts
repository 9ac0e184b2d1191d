// What a message to Slack is made of, by Slack's own types.
import type { KnownBlock, MessageMetadata } from "@slack/types";

export interface SlackMessage {
  blocks?: KnownBlock[];
  metadata?: MessageMetadata;
}

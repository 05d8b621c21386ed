#include "flow.h"

bool flow_offer(struct flow_client *client, bool key_frame, bool alone)
{
    bool room = alone || client->queued < FLOW_WINDOW_FRAMES;

    if (client->dropping)
        client->dropping = !(key_frame && room);
    else
        client->dropping = !room;

    if (client->dropping)
        return false;
    client->queued++;
    return true;
}

bool flow_sent(struct flow_client *client)
{
    if (client->queued > 0)
        client->queued--;
    return client->dropping && client->queued == 0;
}

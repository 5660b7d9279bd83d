"""
A client of ConfigCat's SDK for Python whose cache is a Redis, as its documentation shows it. Does what its lines of input
say (`read`, `refresh` or `poll`), and prints the value of the flag `greeting` after each.
"""
import sys

import redis
from configcatclient import ConfigCatClient, ConfigCatOptions, PollingMode
from configcatclient.interfaces import ConfigCache


class RedisCache(ConfigCache):
    def __init__(self, port):
        self._redis = redis.Redis(host="127.0.0.1", port=port, decode_responses=True)

    def get(self, key):
        return self._redis.get(key)

    def set(self, key, value):
        self._redis.set(key, value)


def client_of(polling_mode):
    return ConfigCatClient.get(
        sdk_key,
        ConfigCatOptions(base_url=base_url, polling_mode=polling_mode, config_cache=RedisCache(int(port))),
    )


sdk_key, base_url, port = sys.argv[1:]
client = client_of(PollingMode.manual_poll())
for line in sys.stdin:
    command = line.strip()
    if command == "refresh":
        client.force_refresh()
    elif command == "poll":
        client.close()
        client = client_of(PollingMode.auto_poll(poll_interval_seconds=600))
    print(client.get_value("greeting", "none"), flush=True)

"""The doors through which devices speak: TCP and MQTT, and one thread that stores for all."""

"""A question becomes evidence becomes an answer. The service Rasa's custom actions call."""

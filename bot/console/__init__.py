"""The operators' desk under ``/desk``: look-up, chats, tickets, knowledge, figures, accounts."""

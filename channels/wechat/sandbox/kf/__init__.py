"""WeCom customer service (微信客服): everything is fetched from a log by cursor, and pushes only say that it has grown."""

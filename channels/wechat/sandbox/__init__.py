"""A faithful emulator of WeChat's side: Official Accounts in all three modes, and WeCom customer service. Shares nothing with the adapter."""

from channels.wechat.sandbox.emulator import WeChatSandbox as emulator

__all__ = ["emulator"]

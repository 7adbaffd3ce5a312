"""The words of the page chrome: what the templates say before any script runs, in both languages under the same keys.

What the scripts say lives beside them in ``front/src/i18n``; sentences of refusals live with the wire.
"""

from __future__ import annotations

ZH: dict[str, str] = {
    "product": "三长图",
    "skip": "跳到正文",
    "menu": "菜单",
    "nav": "主导航",
    "map": "地图",
    "import": "导入",
    "plans": "方案",
    "accounts": "账号",
    "audit": "审计",
    "print": "打印",
    "signin": "登录",
    "signout": "退出登录",
    "password": "修改密码",
    "theme": "切换明暗",
    "other_language": "English",
    "other_language_code": "en",
    "account_menu": "我的账号",
    "no_script": "这个页面需要 JavaScript。请在浏览器设置里打开后刷新。",
    "name": "账号",
    "secret": "密码",
    "signin_lead": "一张图上的片、组、邻，和每一户。",
    "signin_hint": "忘记密码？请县级管理员在“账号”页重置。",
    "old_password": "原密码",
    "new_password": "新密码",
    "new_password_again": "再输一次新密码",
    "password_lead": "一次性密码只能用一次：请设一个自己记得住、别人猜不到的密码，至少 10 个字。",
    "save": "保存",
    "import_lead": "把村（社区）边界、住户名单或河流铁路道路文件放进来。先看预览，确认之后才会写入。",
    "plans_lead": "起草、检查、发布片组邻方案；发布记录都在这里，可以撤销最近一次。",
    "accounts_lead": "谁能登录、管哪一片地方。",
    "audit_lead": "谁在什么时候做了什么，只增不改。",
}

EN: dict[str, str] = {
    "product": "Sanzhang Map",
    "skip": "Skip to content",
    "menu": "Menu",
    "nav": "Main navigation",
    "map": "Map",
    "import": "Import",
    "plans": "Plans",
    "accounts": "Accounts",
    "audit": "Audit",
    "print": "Print",
    "signin": "Sign in",
    "signout": "Sign out",
    "password": "Change password",
    "theme": "Light or dark",
    "other_language": "中文",
    "other_language_code": "zh",
    "account_menu": "My account",
    "no_script": "This page needs JavaScript. Switch it on in the browser's settings and reload.",
    "name": "Account name",
    "secret": "Password",
    "signin_lead": "Every area, group, cell and home on one map.",
    "signin_hint": "Password forgotten? The county's administrator resets it on the Accounts page.",
    "old_password": "Present password",
    "new_password": "New password",
    "new_password_again": "New password once more",
    "password_lead": "A one-time password works once: choose one that you remember and nobody guesses, "
    "of at least 10 characters.",
    "save": "Save",
    "import_lead": "Bring village borders, a list of homes, or rivers, railways and roads. "
    "Nothing is written before you have seen the preview and confirmed.",
    "plans_lead": "Draft, check and publish plans of the net; publications are listed here and the last can be undone.",
    "accounts_lead": "Who may sign in, and for which ground.",
    "audit_lead": "Who did what and when; rows are only ever added.",
}

WORDS: dict[str, dict[str, str]] = {"zh": ZH, "en": EN}

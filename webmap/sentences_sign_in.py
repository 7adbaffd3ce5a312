"""Signing in in words: second factors, phones that stay signed in, sessions, and who saw a thing."""

from __future__ import annotations

PROBLEMS_ZH: dict[str, str] = {
    "profile.bad_sign_in": "县级参数 {key} 里的“{value}”不对：passwords 是 asvs 或 dengbao，second_factor_roles 是角色名，device_days 是 0 至 365。",
    "session.code_needed": "请再输入手机上的 6 位动态码。",
    "session.bad_code": "动态码不对，或已经用过。请等下一个再输，也可以用一个恢复码。",
    "session.not_found": "没有这个登录，可能已经结束了。",
    "factor.not_offered": "请先点“开始设置”，扫了二维码再输动态码。",
    "factor.bad_code": "动态码不对。请看手机时间是否准确，等下一个再输。",
    "factor.required": "您的角色必须用动态码登录，不能取消。",
    "factor.must_enrol": "您的角色必须用动态码登录，请先设置。",
    "device.off": "本县不允许设备保持登录。",
    "device.not_for_role": "您的角色每次登录都要动态码，设备不能保持登录。",
    "device.bad_name": "设备名要有 1 至 {most} 个可见的字。",
    "device.not_found": "没有这台设备，可能已经取消了。",
    "audit.bad_head": "“{value}”不是审计链的末端；应为 audit head 打印的“行号:签名”。",
    "span.backwards": "结束的时间早于开始的时间。",
}

PROBLEMS_EN: dict[str, str] = {
    "profile.bad_sign_in": "“{value}” does not fit the county parameter {key}: passwords is asvs or dengbao, second_factor_roles are names of roles, device_days is 0 to 365.",
    "session.code_needed": "Please enter the 6 digits that your phone shows as well.",
    "session.bad_code": "The code is not right, or was used already. Wait for the next one, or use a recovery code.",
    "session.not_found": "There is no such session; it may have ended.",
    "factor.not_offered": "Press “Set up” first, scan the QR code, then enter the digits.",
    "factor.bad_code": "The digits are not right. Check the phone's clock and wait for the next ones.",
    "factor.required": "Your role must sign in with a code; it cannot be taken away.",
    "factor.must_enrol": "Your role must sign in with a code; please set it up first.",
    "device.off": "This county lets no device stay signed in.",
    "device.not_for_role": "Your role needs a code at each sign-in, so no device may stay signed in.",
    "device.bad_name": "A device's name has 1 to {most} visible characters.",
    "device.not_found": "There is no such device; it may have been forgotten.",
    "audit.bad_head": "“{value}” is no end of the audit's chain: it is SEQ:SEAL as audit head prints it.",
    "span.backwards": "It ends before it begins.",
}

"""Questions of a few templates: twins, siblings and strangers among them."""

from hypothesis import strategies as st

SUBJECTS = ("RSI", "ADX", "the Relative Strength Index", "exchange inflow", "exchange outflow")
FRAMES = (
    "What is {}?",
    "what is {}",
    "How do traders read {} over 14 days?",
    "How do traders read {} over 21 days",
    "Over 14 days, how is {} read by traders?",
    '"{} in the retail sector of BTC"',
    "{} in the technology sector of BTC",
    "swapping {} from BTC to ETH",
    "swapping {} from ETH to BTC",
)
QUESTIONS = st.builds(str.format, st.sampled_from(FRAMES), st.sampled_from(SUBJECTS))

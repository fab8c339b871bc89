"""Deliveries in the forms of public data sets."""

# ruff: noqa: E501 - a form is seen best on the lines that it has

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, CHOICES, Q2, A, Q, _assistant, _lines, _user

add(
    "nectar",
    "a.jsonl",
    _lines(
        {
            "prompt": f"\n\nHuman: {Q}\n\nAssistant: ",
            "answers": [
                {"answer": "No idea.", "model": "x", "rank": 2.0},
                {"answer": A, "model": "y", "rank": 1.0},
            ],
            "turns": 1,
            "num_responses": 2,
        }
    ),
)
add(
    "shp",
    "a.jsonl",
    _lines(
        {
            "post_id": "1",
            "history": Q,
            "human_ref_A": "No idea.",
            "human_ref_B": A,
            "labels": 0,
            "score_A": 2,
            "score_B": 9,
        }
    ),
)
add(
    "pku",
    "a.jsonl",
    _lines(
        {
            "prompt": Q,
            "response_0": "No idea.",
            "response_1": A,
            "better_response_id": 1,
            "safer_response_id": 1,
        }
    ),
)
add(
    "se paired",
    "a.jsonl",
    _lines(
        {"qid": 1, "question": Q, "date": "2020/01/01", "response_j": A, "response_k": "No idea."}
    ),
)
add(
    "webgpt",
    "a.jsonl",
    _lines(
        {
            "question": {"dataset": "eli5", "id": "1", "full_text": Q},
            "quotes_0": {"title": [], "extract": []},
            "answer_0": "No idea.",
            "tokens_0": {},
            "score_0": -0.5,
            "answer_1": A,
            "score_1": 0.5,
        }
    ),
)
add(
    "helpsteer",
    "a.jsonl",
    _lines(
        {
            "prompt": Q,
            "response": A,
            "helpfulness": 4,
            "correctness": 4,
            "coherence": 4,
            "complexity": 1,
            "verbosity": 1,
        }
    ),
)
add(
    "boolq",
    "a.jsonl",
    _lines(
        {
            "question": "is a funding rate a fee",
            "title": "Funding",
            "answer": True,
            "passage": "A funding rate is a fee.",
        }
    ),
    [],
)
add(
    "nq simplified",
    "a.jsonl",
    _lines(
        {
            "question_text": Q,
            "document_text": "<p> A fee </p>",
            "annotations": [
                {
                    "yes_no_answer": "NONE",
                    "short_answers": [{"start_token": 1, "end_token": 3}],
                    "long_answer": {"start_token": 0},
                }
            ],
            "example_id": 1,
        }
    ),
    [],
)
add(
    "csqa original",
    "a.jsonl",
    _lines(
        {
            "answerKey": "A",
            "id": "1",
            "question": {
                "question_concept": "fee",
                "choices": [
                    {"label": label, "text": text}
                    for label, text in zip("ABCD", CHOICES, strict=True)
                ],
                "stem": Q,
            },
        }
    ),
    [(Q, "A fee")],
)
add(
    "csqa hf",
    "a.jsonl",
    _lines(
        {
            "id": "1",
            "question": Q,
            "question_concept": "fee",
            "choices": {"label": list("ABCD"), "text": CHOICES},
            "answerKey": "B",
        }
    ),
    [(Q, "A tax")],
)
add(
    "openbookqa",
    "a.jsonl",
    _lines(
        {
            "id": "1",
            "question_stem": Q,
            "choices": {"text": CHOICES, "label": list("ABCD")},
            "answerKey": "D",
        }
    ),
    [(Q, "A swap")],
)
add(
    "sciq",
    "a.jsonl",
    _lines(
        {
            "question": Q,
            "distractor3": "A loan",
            "distractor1": "A tax",
            "distractor2": "A swap",
            "correct_answer": "A fee",
            "support": "Text.",
        }
    ),
    [(Q, "A fee")],
)
add(
    "race",
    "a.jsonl",
    _lines(
        {
            "example_id": "high1.txt",
            "article": "Text.",
            "answer": "C",
            "question": Q,
            "options": CHOICES,
        }
    ),
    [(Q, "A loan")],
)
add(
    "medmcqa",
    "a.jsonl",
    _lines(
        {
            "id": "1",
            "question": Q,
            "opa": "A fee",
            "opb": "A tax",
            "opc": "A loan",
            "opd": "A swap",
            "cop": 1,
            "choice_type": "single",
            "exp": "Because.",
        }
    ),
    [(Q, "A tax")],
)
add(
    "medqa",
    "a.jsonl",
    _lines(
        {
            "question": Q,
            "answer": "A loan",
            "options": dict(zip("ABCD", CHOICES, strict=True)),
            "meta_info": "step1",
            "answer_idx": "C",
        }
    ),
    [(Q, "A loan")],
)
add(
    "aqua",
    "a.jsonl",
    _lines(
        {
            "question": Q,
            "options": ["A)A fee", "B)A tax", "C)A loan", "D)A swap"],
            "rationale": "Because.",
            "correct": "B",
        }
    ),
    [(Q, "A tax")],
)
add(
    "mmlu pro",
    "a.jsonl",
    _lines(
        {
            "question_id": 70,
            "question": Q,
            "options": CHOICES,
            "answer": "C",
            "answer_index": 2,
            "cot_content": "",
            "category": "business",
        }
    ),
    [(Q, "A loan")],
)
add("piqa", "a.jsonl", _lines({"goal": Q, "sol1": "A fee", "sol2": "A tax", "label": 1}), [])
add(
    "gsm8k",
    "a.jsonl",
    _lines({"question": Q, "answer": "2+3=<<2+3=5>>5\n#### 5"}),
    [(Q, "2+3=<<2+3=5>>5\n#### 5")],
)
add("math", "a.jsonl", _lines({"problem": Q, "level": "Level 5", "type": "Algebra", "solution": A}))
add(
    "coqa",
    "a.json",
    {
        "version": "1",
        "data": [
            {
                "source": "x",
                "id": "1",
                "filename": "f",
                "story": "Text.",
                "questions": [{"input_text": Q, "turn_id": 1}, {"input_text": Q2, "turn_id": 2}],
                "answers": [
                    {"span_start": 0, "span_text": "x", "input_text": A, "turn_id": 1},
                    {"span_start": 1, "span_text": "y", "input_text": A2, "turn_id": 2},
                ],
            }
        ],
    },
    BOTH,
)
add(
    "coqa hf",
    "a.jsonl",
    _lines(
        {
            "source": "x",
            "story": "Text.",
            "questions": [Q, Q2],
            "answers": {"input_text": [A, A2], "answer_start": [0, 1], "answer_end": [1, 2]},
        }
    ),
    BOTH,
)
add(
    "quac",
    "a.json",
    {
        "data": [
            {
                "title": "T",
                "background": "b",
                "section_title": "s",
                "paragraphs": [
                    {
                        "context": "Text CANNOTANSWER",
                        "id": "p",
                        "qas": [
                            {
                                "id": "1",
                                "question": Q,
                                "answers": [{"text": A, "answer_start": 0}],
                                "followup": "y",
                                "yesno": "x",
                                "orig_answer": {"text": A, "answer_start": 0},
                            },
                            {
                                "id": "2",
                                "question": Q2,
                                "answers": [{"text": "CANNOTANSWER", "answer_start": 5}],
                                "orig_answer": {"text": "CANNOTANSWER", "answer_start": 5},
                            },
                        ],
                    }
                ],
            }
        ]
    },
)
add(
    "msmarco",
    "a.jsonl",
    _lines(
        {
            "query": Q,
            "answers": [A],
            "passages": {"is_selected": [0, 1], "passage_text": ["x", "y"], "url": ["u", "v"]},
            "query_id": 1,
            "query_type": "DESCRIPTION",
            "wellFormedAnswers": [],
        },
        {
            "query": Q2,
            "answers": ["No Answer Present."],
            "passages": {"is_selected": [0], "passage_text": ["x"]},
            "query_id": 2,
            "wellFormedAnswers": [],
        },
    ),
)
add(
    "eli5",
    "a.jsonl",
    _lines(
        {
            "q_id": "1",
            "title": Q,
            "selftext": "",
            "document": "",
            "subreddit": "eli5",
            "answers": {"a_id": ["a", "b"], "text": [A, "No idea."], "score": [5, 3]},
            "title_urls": {"url": []},
        }
    ),
)
add(
    "triviaqa",
    "a.json",
    {
        "Data": [
            {
                "Answer": {
                    "Aliases": ["Fee"],
                    "MatchedWikiEntityName": "",
                    "NormalizedAliases": ["fee"],
                    "NormalizedValue": "fee",
                    "Type": "FreeForm",
                    "Value": "A fee",
                },
                "Question": Q,
                "QuestionId": "1",
                "QuestionSource": "x",
            }
        ],
        "Domain": "Web",
        "Version": 1,
    },
    [(Q, "A fee")],
)
add(
    "triviaqa hf",
    "a.jsonl",
    _lines(
        {
            "question": Q,
            "question_id": "1",
            "answer": {
                "aliases": ["Fee"],
                "normalized_aliases": ["fee"],
                "normalized_value": "fee",
                "value": "A fee",
                "type": "FreeForm",
            },
        }
    ),
    [(Q, "A fee")],
)
add(
    "hotpot",
    "a.json",
    [
        {
            "_id": "1",
            "question": Q,
            "answer": A,
            "type": "bridge",
            "level": "hard",
            "supporting_facts": [["T", 0]],
            "context": [["T", ["One.", "Two."]], ["U", ["Three."]]],
        }
    ],
)
add("alpaca noinput", "a.json", [{"instruction": Q, "input": "<noinput>", "output": A}])
add(
    "alpaca text",
    "a.jsonl",
    _lines(
        {
            "instruction": Q,
            "input": "",
            "output": A,
            "text": f"Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n{Q}\n\n### Response:\n{A}",
        }
    ),
)
add(
    "alpaca text only",
    "a.jsonl",
    _lines(
        {
            "text": f"Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n{Q}\n\n### Response:\n{A}"
        }
    ),
)
add(
    "natural instructions",
    "a.json",
    {
        "Contributors": ["x"],
        "Definition": ["Answer the question."],
        "Positive Examples": [{"input": Q, "output": A, "explanation": "Good."}],
        "Negative Examples": [{"input": Q, "output": "A cat.", "explanation": "Bad."}],
        "Instances": [{"id": "1", "input": Q2, "output": [A2]}],
    },
    BOTH,
)
add(
    "aya",
    "a.jsonl",
    _lines(
        {
            "inputs": Q,
            "targets": A,
            "language": "English",
            "language_code": "eng",
            "annotation_type": "original",
        }
    ),
)
add(
    "p3",
    "a.jsonl",
    _lines({"inputs_pretokenized": Q, "targets_pretokenized": A, "inputs": [1, 2], "targets": [3]}),
)
add(
    "humaneval",
    "a.jsonl",
    _lines(
        {
            "task_id": "H/0",
            "prompt": 'def f(x):\n    """Double x."""\n',
            "canonical_solution": "    return 2 * x\n",
            "test": "assert f(1)==2",
            "entry_point": "f",
        }
    ),
    [('def f(x):\n    """Double x."""\n', "    return 2 * x\n")],
)
add(
    "qna maker",
    "a.json",
    {
        "qnaDocuments": [
            {
                "id": 1,
                "answer": A,
                "source": "s",
                "questions": [Q, "Funding rate?"],
                "metadata": [],
                "context": {"isContextOnly": False, "prompts": []},
            }
        ]
    },
)
add(
    "se api",
    "a.json",
    {
        "items": [
            {
                "title": Q,
                "body": "<p>More.</p>",
                "question_id": 1,
                "score": 3,
                "answers": [
                    {"answer_id": 1, "is_accepted": False, "score": 1, "body": "<p>No idea.</p>"},
                    {"answer_id": 2, "is_accepted": True, "score": 9, "body": f"<p>{A}</p>"},
                ],
            }
        ],
        "has_more": False,
    },
    [(Q, f"<p>{A}</p>")],
)
add(
    "se h4",
    "a.jsonl",
    _lines(
        {
            "qid": 1,
            "question": Q,
            "answers": [
                {
                    "answer_id": 1,
                    "author": "x",
                    "pm_score": 0,
                    "selected": False,
                    "text": "No idea.",
                },
                {"answer_id": 2, "pm_score": 4, "selected": True, "text": A},
            ],
            "date": "2020",
        }
    ),
)
add(
    "yahoo",
    "a.jsonl",
    _lines({"id": 1, "topic": 5, "question_title": Q, "question_content": "", "best_answer": A}),
)
add(
    "zendesk",
    "a.json",
    {"articles": [{"id": 1, "title": Q, "body": f"<p>{A}</p>", "draft": False}]},
    [(Q, f"<p>{A}</p>")],
)
add(
    "kto messages",
    "a.jsonl",
    _lines(
        {"messages": [_user(Q), _assistant(A)], "label": True},
        {"messages": [_user(Q2), _assistant("No idea.")], "label": False},
    ),
)
add(
    "squad2 impossible",
    "a.json",
    {
        "version": "v2.0",
        "data": [
            {
                "title": "T",
                "paragraphs": [
                    {
                        "context": "C",
                        "qas": [
                            {
                                "question": Q,
                                "id": "1",
                                "answers": [{"text": A, "answer_start": 0}],
                                "is_impossible": False,
                            },
                            {
                                "question": Q2,
                                "id": "2",
                                "answers": [],
                                "plausible_answers": [{"text": "x", "answer_start": 0}],
                                "is_impossible": True,
                            },
                        ],
                    }
                ],
            }
        ],
    },
)
add(
    "right answer among wrong ones",
    "a.json",
    [{"question": Q, "answer": A, "distractors": ["No."]}],
)
add("mc1 targets", "a.json", [{"question": Q, "mc1_targets": {"A tax": 0, A: 1}}])
add(
    "langsmith csv",
    "a.csv",
    f'id,inputs,outputs\n1,"{{""question"": ""{Q}""}}","{{""answer"": ""{A}""}}"\n',
)
add(
    "mlflow",
    "a.jsonl",
    _lines({"inputs": {"question": Q}, "expectations": {"expected_response": A}}),
)

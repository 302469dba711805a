using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Products of matrices and vectors, and softmax.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Native.sh_matmul(this, target);

        public Tensor mm(Tensor target) => Native.sh_mm(this, target);

        public Tensor mv(Tensor target) => Native.sh_mv(this, target);

        public Tensor bmm(Tensor batch2) => Native.sh_bmm(this, batch2);

        public Tensor dot(Tensor target) => Native.sh_dot(this, target);

        public Tensor outer(Tensor vec2) => Native.sh_outer(this, vec2);

        /// <summary>beta * self + alpha * mat1 @ mat2</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Native.sh_addmm(this, mat1, mat2, beta, alpha);

        /// <summary>beta * self + alpha * batch1 @ batch2</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            Native.sh_baddbmm(this, batch1, batch2, beta, alpha);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Native.sh_softmax(this, dim, dtype.Code());

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Native.sh_log_softmax(this, dim, dtype.Code());
    }
}
